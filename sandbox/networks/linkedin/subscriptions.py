"""Webhooks: who asked to be told of a page's social actions, the challenge to their address, and what is told."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
from starlette.responses import Response

from sandbox.networks.linkedin.call import Call, author_of, urn_of
from sandbox.networks.linkedin.errors import denied, invalid, missing, required
from sandbox.networks.linkedin.feed import milliseconds
from sandbox.networks.linkedin.people import NETWORK
from sandbox.web import json_response
from sandbox.world import Post, World

KIND = "ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS"
_NAMES = ("developerApplication", "user", "entity", "eventType")
_PATIENCE = httpx.Timeout(3.0)
_LIFE_MS = 365 * 24 * 3600 * 1000


class Subscriptions:
    """The resource `eventSubscriptions`, and the calls that follow from it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._telling: set[asyncio.Task[None]] = set()

    async def put(self, call: Call) -> Response:
        """Subscribe an address, which must first answer a challenge."""
        key, url = self._key(call), call.body().get("webhook")
        if not isinstance(url, str) or not urlsplit(url).hostname:
            raise required("/webhook")
        if not await self._is_ours(url):
            raise invalid(f"The webhook {url} is not validated", "WEBHOOK_NOT_VALIDATED")
        kept = {**key, "webhook": url, "expiresAt": milliseconds(self._world.now()) + _LIFE_MS}
        self._world.note(NETWORK, _place(key), {"subscription": kept})
        return Response(status_code=204)

    async def get(self, call: Call) -> Response:
        """One subscription."""
        kept = (self._world.noted(NETWORK, _place(self._key(call))) or {}).get("subscription")
        if kept is None:
            raise missing("subscription")
        return json_response(kept)

    async def find(self, call: Call) -> Response:
        """The member's subscriptions."""
        call.one_of("q", ("subscriberAndEventType",))
        mine = [one for one in self._all() if one["user"] == call.person.external_id]
        return json_response(call.page(mine, ("q",)))

    async def delete(self, call: Call) -> Response:
        """Not to be told any more."""
        self._world.note(NETWORK, _place(self._key(call)), {"subscription": None})
        return Response(status_code=204)

    async def tell(self, call: Call, post: Post, action: str, made: str) -> None:
        """Tell every address that asked about the page of a post; how they answer is nobody's business here."""
        entity = urn_of(author_of(call.world, post))
        for kept in self._all():
            if kept["entity"] == entity:
                about = {
                    "notificationId": secrets.randbits(40),
                    "organizationalEntity": kept["entity"],
                    "action": action,
                    "sourcePost": post.external_id,
                    "generatedActivity": made,
                    "lastModifiedAt": milliseconds(self._world.now()),
                    "subscriber": kept["user"],
                }
                task = asyncio.create_task(self._send(kept["webhook"], {"type": KIND, "notifications": [about]}))
                self._telling.add(task)
                task.add_done_callback(self._telling.discard)

    def _all(self) -> list[dict[str, Any]]:
        return [kept["subscription"] for kept in self._world.notes(NETWORK) if kept.get("subscription")]

    def _key(self, call: Call) -> dict[str, str]:
        """The parts of a subscription's key, if it is the member's own. Raises Refusal."""
        found = call.structured_key()
        if not isinstance(found, dict) or set(found) != set(_NAMES):
            raise invalid(f"Syntax exception in path variables: ({':…,'.join(_NAMES)}:…) is expected")
        key = {name: str(value) for name, value in found.items()}
        if key["eventType"] != KIND:
            raise invalid(f"eventType {key['eventType']} is not known", "PARAM_INVALID")
        if key["user"] != call.person.external_id or not call.owns(key["entity"]):
            raise denied("eventSubscriptions")
        return key

    async def _is_ours(self, url: str) -> bool:
        """Whether an address proves that it knows the app's secret."""
        challenge = str(uuid4())
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE) as http:
                answer = await http.get(url, params={"challengeCode": challenge})
            body = answer.json()
        except (httpx.HTTPError, ValueError):
            return False
        expected = {"challengeCode": challenge, "challengeResponse": self._signed(challenge.encode())}
        return answer.status_code == 200 and body == expected

    async def _send(self, url: str, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        headers = {"content-type": "application/json", "x-li-signature": self._signed(b"hmacsha256=" + content)}
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=_PATIENCE) as http:
                await http.post(url, content=content, headers=headers)
        except httpx.HTTPError:
            # LinkedIn would try again for eight hours; nobody in a test waits for that.
            return

    def _signed(self, content: bytes) -> str:
        return hmac.new(self._world.app(NETWORK).client_secret.encode(), content, hashlib.sha256).hexdigest()


def _place(key: dict[str, str]) -> str:
    return "subscription " + " ".join(key[name] for name in _NAMES)
