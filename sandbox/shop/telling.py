"""How the shop, Stripe and PayPal tell what happened: at least once, perhaps twice, perhaps in another order."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from sandbox.payments.payment import Call
from sandbox.payments.paypal import PayPal
from sandbox.payments.stripe import Stripe
from sandbox.world.chance import draw

_SECONDS = 20
# The shop's server sends so many at once.
_BATCH = 100
# Who does not take something is told again so many seconds later, and at the next run.
_AGAIN = (0, 0.2, 1)


@dataclass(frozen=True, slots=True)
class Told:
    """Something for somebody: a webhook of Stripe or PayPal, or of the server one of its `visits` or `conversions`."""

    to: str
    about: Call | dict[str, Any]
    under: str = "conversions"


class Telling:
    """What waits to be told, and how it is sent."""

    def __init__(self, seed: int, stripe: Stripe, paypal: PayPal) -> None:
        self._seed, self._stripe, self._paypal = seed, stripe, paypal
        self._waiting: list[Told] = []
        self._runs = 0

    async def tell(self, told: Iterable[Told], settings: dict[str, Any]) -> dict[str, int]:
        """Send everything to whoever is in the settings: how many were taken, by whom, and how many wait."""
        waiting, self._waiting = [*self._waiting, *told], []
        source = draw("telling", self._seed, self._runs)
        self._runs += 1
        waiting += [one for one in waiting if source.random() < settings.get("duplicates", 0)]
        if settings.get("shuffled"):
            source.shuffle(waiting)
        counted = {"server": 0, "stripe": 0, "paypal": 0}
        async with httpx.AsyncClient(timeout=_SECONDS, trust_env=False) as client:
            for parcel in _parcels(one for one in waiting if settings.get(one.to)):
                if await self._sent(client, parcel, settings[parcel[0].to]):
                    counted[parcel[0].to] += len(parcel)
                else:
                    self._waiting += parcel
        return {**counted, "waiting": len(self._waiting)}

    async def _sent(self, client: httpx.AsyncClient, parcel: list[Told], to: dict[str, str]) -> bool:
        for wait in _AGAIN:
            await asyncio.sleep(wait)
            try:
                body, headers = self._written(parcel, to)
                if (await client.post(to["url"], content=body, headers=headers)).is_success:
                    return True
            except (httpx.HTTPError, httpx.InvalidURL):
                continue
        return False

    def _written(self, parcel: list[Told], to: dict[str, str]) -> tuple[bytes, dict[str, str]]:
        first = parcel[0]
        if isinstance(first.about, Call):
            if first.to == "stripe":
                return first.about.body, self._stripe.signed(first.about, to["secret"])
            return first.about.body, self._paypal.signed(first.about, to["webhook_id"])
        body: dict[str, list[Any]] = {"visits": [], "conversions": []}
        for one in parcel:
            body[one.under].append(one.about)
        headers = {"authorization": f"Bearer {to['secret']}", "content-type": "application/json"}
        return json.dumps(body).encode(), headers


def _parcels(waiting: Iterable[Told]) -> list[list[Told]]:
    """What goes together: webhooks one by one, what the server tells by the hundred."""
    found: list[list[Told]] = []
    batch: list[Told] = []
    for one in waiting:
        if isinstance(one.about, Call):
            found.append([one])
            continue
        if len(batch) % _BATCH == 0:
            batch = []
            found.append(batch)
        batch.append(one)
    return found
