"""The door of every call: token, scopes, the project's quota, ETags, and refusals in Google's form."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.youtube.errors import Refusal, auth_error, quota_exceeded
from sandbox.web import json_response
from sandbox.world import Account, World

NETWORK = "youtube"
PACIFIC = ZoneInfo("America/Los_Angeles")
SCOPE = "https://www.googleapis.com/auth/"
READ = tuple(SCOPE + name for name in ("youtube.readonly", "youtube.force-ssl", "youtube"))
WRITE = tuple(SCOPE + name for name in ("youtube.force-ssl", "youtube"))
UPLOAD = (SCOPE + "youtube.upload", *WRITE)
REPORTS = (SCOPE + "yt-analytics.readonly", SCOPE + "yt-analytics-monetary.readonly")
DAILY = {"units": 10_000, "inserts": 100}


@dataclass(frozen=True)
class Call:
    """One admitted call."""

    world: World
    request: Request
    account: Account

    def parts(self) -> set[str]:
        """The parts of the resource asked for. Raises Refusal."""
        asked = {part for part in ",".join(self.request.query_params.getlist("part")).split(",") if part}
        if not asked:
            message = "No part is given, and part is required."
            raise Refusal(400, "missingRequiredParameter", message, "youtube.parameter", "part")
        return asked

    def listed(self, name: str) -> list[str]:
        """A parameter that may be repeated or separated by commas."""
        return [item for item in ",".join(self.request.query_params.getlist(name)).split(",") if item]


@dataclass(frozen=True)
class Price:
    """What a call costs of a day's budget."""

    amount: int = 1
    budget: str = "units"


class Gate:
    """Turns an answer to an admitted call into an endpoint."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._spent: Counter[tuple[date, str]] = Counter()

    def endpoint(
        self,
        answer: Callable[[Call], Awaitable[Response]],
        *,
        scopes: tuple[str, ...] = READ,
        price: Price | None = None,
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that admits tokens with any of the scopes, charges, answers and refuses."""

        async def respond(request: Request) -> Response:
            try:
                account = self._admit(request, scopes)
                if price is not None:
                    self._charge(price)
                return await answer(Call(self._world, request, account))
            except Refusal as refusal:
                return json_response(refusal.body, refusal.code)

        return respond

    def _admit(self, request: Request, scopes: tuple[str, ...]) -> Account:
        """The account of the token. Raises Refusal."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token if scheme.lower() == "bearer" else request.query_params.get("access_token", "")
        grant = self._world.tokens.lookup(NETWORK, token)
        if grant is None or grant.expired:
            raise auth_error()
        if not set(scopes) & set(grant.scopes):
            message = "Request had insufficient authentication scopes."
            raise Refusal(403, "insufficientPermissions", message)
        account = self._world.account(NETWORK, grant.account_id)
        if account is None:
            raise Refusal(401, "youtubeSignupRequired", "Unauthorized", "youtube.header", "Authorization")
        return account

    def _charge(self, price: Price) -> None:
        """A day of the quota ends at midnight Pacific. Raises Refusal."""
        day = (self._world.now().astimezone(PACIFIC).date(), price.budget)
        if self._spent[day] + price.amount > DAILY[price.budget]:
            raise quota_exceeded()
        self._spent[day] += price.amount


def tagged(call: Call, body: dict[str, Any]) -> Response:
    """An answer with its ETag, or 304 where the client has it already."""
    etag = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:27]
    headers = {"etag": f'"{etag}"', "cache-control": "private"}
    known = {
        tag.strip().removeprefix("W/").strip('"') for tag in call.request.headers.get("if-none-match", "").split(",")
    }
    if etag in known:
        return Response(status_code=304, headers=headers)
    kind = body.pop("kind")
    return json_response({"kind": kind, "etag": etag, **body}, headers=headers)
