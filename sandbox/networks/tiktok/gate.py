"""The door of every call: token, scopes, sliding limits, JSON body, and refusals in the envelope."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.tiktok.errors import Refusal
from sandbox.web import json_response
from sandbox.world import Account, World

NETWORK = "tiktok"
_WINDOW, _DAY = timedelta(minutes=1), timedelta(days=1)


class Quotas:
    """What planted quotas leave: so many more of a bucket, until the window that was open then has passed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._spent: dict[tuple[int, str], int] = {}

    def left(self, bucket: str, user: str, window: timedelta) -> int | None:
        """The least that any of them leaves; None where none is about the bucket and user."""
        rest = [
            plant["remaining"] - self._spent.get((plant["id"], user), 0) for plant in self._of(bucket, user, window)
        ]
        return max(min(rest), 0) if rest else None

    def spend(self, bucket: str, user: str) -> None:
        """Count one."""
        for plant in self._of(bucket, user, _DAY):
            self._spent[plant["id"], user] = self._spent.get((plant["id"], user), 0) + 1

    def _of(self, bucket: str, user: str, window: timedelta) -> list[dict[str, Any]]:
        now = self._world.now()
        return [
            plant
            for plant in self._world.planted("quota", NETWORK)
            if plant.get("bucket", "*") in ("*", bucket)
            and plant.get("account") in (None, user)
            and now - plant["at"] < window
        ]


@dataclass(frozen=True)
class Call:
    """One admitted call: who asks, with which scopes and which body."""

    world: World
    request: Request
    account: Account
    scopes: frozenset[str]
    body: dict[str, Any]
    # Whether TikTok has looked at the app: what others post only its author sees.
    audited: bool
    quotas: Quotas

    def left(self, bucket: str) -> int | None:
        """What is left of a cap by what is planted; None where nothing is."""
        return self.quotas.left(bucket, self.account.external_id, _DAY)

    def spend(self, bucket: str) -> None:
        """Count one against what is planted."""
        self.quotas.spend(bucket, self.account.external_id)


class Gate:
    """Turns an answer to an admitted call into an endpoint."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._quotas = Quotas(world)
        self._calls: dict[tuple[str, str], deque[datetime]] = {}

    def endpoint(
        self, name: str, answer: Callable[[Call], Awaitable[Response]], *, scopes: Sequence[str], per_minute: int
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that admits whoever has one of the scopes, counts, answers and refuses."""

        async def respond(request: Request) -> Response:
            try:
                call = await self._admit(request, scopes)
                self._count(name, call.account.external_id, per_minute)
                return await answer(call)
            except Refusal as refusal:
                return refusal.response()

        return respond

    async def _admit(self, request: Request, scopes: Sequence[str]) -> Call:
        if self._world.planted("version_sunset", NETWORK):
            raise Refusal("unsupported_path", "Unsupported path(Janus)")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._world.tokens.lookup(NETWORK, token) if scheme.lower() == "bearer" else None
        account = None if grant is None or grant.expired else self._world.account(NETWORK, grant.account_id)
        if grant is None or account is None:
            raise Refusal("access_token_invalid", "The access token is invalid or not found in the request.")
        granted = frozenset(grant.scopes)
        if not granted & set(scopes):
            raise Refusal(
                "scope_not_authorized", "The user did not authorize the scope required for completing this request."
            )
        audited = bool(grant.extra.get("audited", True))
        return Call(self._world, request, account, granted, await _body(request), audited, self._quotas)

    def _count(self, name: str, user: str, per_minute: int) -> None:
        """A window that slides, as TikTok's does."""
        now = self._world.now()
        calls = self._calls.setdefault((name, user), deque())
        while calls and now - calls[0] >= _WINDOW:
            calls.popleft()
        if len(calls) >= per_minute or self._quotas.left(name, user, _WINDOW) == 0:
            raise Refusal("rate_limit_exceeded", "The API rate limit was exceeded. Please try again later.")
        calls.append(now)
        self._quotas.spend(name, user)


async def _body(request: Request) -> dict[str, Any]:
    """The JSON object of a POST; none is an empty one. Raises Refusal."""
    raw = await request.body() if request.method == "POST" else b""
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise Refusal("invalid_params", "The request body is not valid JSON.") from error
    if not isinstance(body, dict) or not request.headers.get("content-type", "").startswith("application/json"):
        raise Refusal("invalid_params", "The request body must be an object sent as application/json.")
    return body


def refuse_plainly(status: int, message: str) -> Response:
    """An answer of the upload host, which has no envelope."""
    return json_response({"message": message}, status)
