"""What was told becomes rows: once each, whatever comes twice, together or in whatever order."""

import hashlib
import hmac
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import ConversionSource
from clientnest.vault import vault
from ingestion.conversions import payments, repository
from ingestion.conversions.told import Conversion, Refunded, Refusal, Told, Visit

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of it: events taken, known already, and refused with reasons."""

    taken: int = 0
    known: int = 0
    refused: tuple[Refusal, ...] = ()


async def keep(session: AsyncSession, source: ConversionSource, told: Told) -> Answer:
    """Write what is new. An event that was taken with other content stays as it was and is refused."""
    digest = await _digest(session, source.workspace_id)
    place = {"workspace_id": source.workspace_id, "source_id": source.id}
    visits = [{**place, **_row(visit, digest)} for visit in told.visits]
    conversions = [{**place, **_row(conversion, digest)} for conversion in told.conversions]
    added = await repository.add_visits(session, _in_order(visits))
    kept: Mapping[str, Any] = await repository.visits(session, source.workspace_id, _others(visits, added))
    of_visits = _answer(visits, added, kept)
    added = await repository.add_conversions(session, _in_order(conversions))
    kept = await repository.conversions(session, source.id, _others(conversions, added))
    of_conversions = _answer(conversions, added, kept)
    of_payments = [await _settle(session, source, payment, digest) for payment in told.payments]
    return Answer(
        of_visits.taken + of_conversions.taken + sum(of_payments),
        of_visits.known + of_conversions.known + len(of_payments) - sum(of_payments),
        (*told.refused, *of_visits.refused, *of_conversions.refused),
    )


async def _settle(
    session: AsyncSession, source: ConversionSource, told: Conversion | Refunded, digest: Callable[[str], str]
) -> bool:
    if isinstance(told, Refunded):
        return await payments.keep_total(session, source.workspace_id, source.id, told)
    row = {"workspace_id": source.workspace_id, "source_id": source.id, **_row(told, digest)}
    return await (payments.keep_refund if told.kind == "refund" else payments.keep_sale)(session, row)


async def _digest(session: AsyncSession, workspace_id: UUID) -> Callable[[str], str]:
    """How this workspace's visitors are written: nobody can turn it back, and no other workspace has the same."""
    place = (workspace_id, "visitor_keys.key")
    sealed = await repository.visitor_key(session, workspace_id, vault().seal(os.urandom(32).hex(), *place))
    key = bytes.fromhex(vault().open(sealed, *place))
    return lambda visitor: hmac.new(key, visitor.encode(), hashlib.sha256).hexdigest()[:32]


def _row(told: Visit | Conversion, digest: Callable[[str], str]) -> Row:
    row = asdict(told)
    trail: Row = row.pop("trail")
    return {**row, **trail, "visitor": digest(trail["visitor"]) if trail["visitor"] else None}


def _in_order(rows: Sequence[Row]) -> list[Row]:
    """So that two calls at once never wait for each other in a circle."""
    return sorted(rows, key=lambda row: str(row["event_id"]))


def _others(rows: Iterable[Row], added: set[str]) -> list[str]:
    """Events that were there, or that this call tells twice."""
    times = Counter(row["event_id"] for row in rows)
    return sorted(event_id for event_id, told in times.items() if told > 1 or event_id not in added)


def _answer(rows: Sequence[Row], added: set[str], kept: Mapping[str, Any]) -> Answer:
    taken, known, refused = 0, 0, []
    fresh = set(added)
    for row in rows:
        event_id = row["event_id"]
        if event_id in fresh:
            fresh.remove(event_id)
            taken += 1
        elif all(getattr(kept[event_id], name) == value for name, value in row.items() if name != "source_id"):
            known += 1
        else:
            reason = "event_id was told before with other content, which stays: send a new event_id for something new."
            refused.append(Refusal(event_id, reason))
    return Answer(taken, known, tuple(refused))
