"""The door of every call: token, scopes, sliding limits, JSON body, and refusals in the envelope."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.tiktok.errors import Refusal
from sandbox.web import json_response
from sandbox.world import Account, World

NETWORK = "tiktok"
_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True)
class Call:
    """One admitted call: who asks, with which scopes and which body."""

    world: World
    request: Request
    account: Account
    scopes: frozenset[str]
    body: dict[str, Any]


class Gate:
    """Turns an answer to an admitted call into an endpoint."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._calls: dict[tuple[str, str], deque[datetime]] = {}

    def endpoint(
        self, name: str, answer: Callable[[Call], Awaitable[Response]], *, scope: str, per_minute: int
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that admits, counts, answers and refuses."""

        async def respond(request: Request) -> Response:
            try:
                call = await self._admit(request, scope)
                self._count(name, call.account.external_id, per_minute)
                return await answer(call)
            except Refusal as refusal:
                return refusal.response()

        return respond

    async def _admit(self, request: Request, scope: str) -> Call:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._world.tokens.lookup(NETWORK, token) if scheme.lower() == "bearer" else None
        account = None if grant is None or grant.expired else self._world.account(NETWORK, grant.account_id)
        if grant is None or account is None:
            raise Refusal("access_token_invalid", "The access token is invalid or not found in the request.")
        scopes = frozenset(grant.scopes)
        if scope not in scopes:
            raise Refusal(
                "scope_not_authorized", "The user did not authorize the scope required for completing this request."
            )
        return Call(self._world, request, account, scopes, await _body(request))

    def _count(self, name: str, user: str, per_minute: int) -> None:
        """A window that slides, as TikTok's does."""
        now = self._world.now()
        calls = self._calls.setdefault((name, user), deque())
        while calls and now - calls[0] >= _WINDOW:
            calls.popleft()
        if len(calls) >= per_minute:
            raise Refusal("rate_limit_exceeded", "The API rate limit was exceeded. Please try again later.")
        calls.append(now)


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
