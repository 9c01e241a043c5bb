"""The door of every call: token, scopes, quota, versions that ended, and refusals in Google's form."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from sandbox.networks.youtube.buckets import NETWORK, Buckets, Price
from sandbox.networks.youtube.errors import Refusal, auth_error, bad
from sandbox.tokens import Grant
from sandbox.web import json_response
from sandbox.world import Account, World

SCOPE = "https://www.googleapis.com/auth/"
READ = tuple(SCOPE + name for name in ("youtube.readonly", "youtube.force-ssl", "youtube"))
WRITE = tuple(SCOPE + name for name in ("youtube.force-ssl", "youtube"))
# Comments and captions are for connections that are encrypted in any case.
STRICT = (SCOPE + "youtube.force-ssl",)
UPLOAD = (SCOPE + "youtube.upload", *WRITE)
REPORTS = (SCOPE + "yt-analytics.readonly", SCOPE + "yt-analytics-monetary.readonly")
Answer = Callable[["Call"], Awaitable[Response]]


@dataclass(frozen=True)
class Call:
    """One admitted call."""

    world: World
    request: Request
    account: Account
    grant: Grant

    @property
    def now(self) -> datetime:
        return self.world.now()

    def asked(self, name: str) -> str | None:
        """A parameter; None where it is missing or empty."""
        return self.request.query_params.get(name) or None

    def yes(self, name: str) -> bool:
        """A parameter that is true, however its language writes that."""
        return self.request.query_params.get(name, "").lower() in ("true", "1")

    def parts(self) -> set[str]:
        """The parts of the resource asked for. Raises Refusal."""
        asked = set(self.listed("part"))
        if not asked:
            message = "No part is given, and part is required."
            raise Refusal(400, "missingRequiredParameter", message, "youtube.parameter", "part")
        return asked

    def listed(self, name: str) -> list[str]:
        """A parameter that may be repeated or separated by commas."""
        return [item for item in ",".join(self.request.query_params.getlist(name)).split(",") if item]

    async def body(self) -> dict[str, Any]:
        """The JSON object sent. Raises Refusal."""
        return json_object(await self.request.body())


class Operation(Route):
    """A route that also takes a long GET sent as POST, as Google's clients do with addresses over 2,048 characters."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and scope["method"] == "POST":
            override = dict(scope["headers"]).get(b"x-http-method-override", b"").decode().upper()
            if override:
                match, child = super().matches({**scope, "method": override})
                return match, {**child, "method": override}
        return super().matches(scope)


class Gate:
    """Turns an answer to an admitted call into an endpoint."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._buckets = Buckets(world)

    def endpoint(
        self, answer: Answer, *, scopes: tuple[str, ...] = READ, price: Price | None = None
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that admits tokens with any of the scopes, charges, answers and refuses."""

        async def respond(request: Request) -> Response:
            if "x-http-method-override" in request.headers:
                request = Request({**request.scope, "query_string": await request.body()}, request.receive)
            try:
                self._living(request)
                account, grant = self._admit(request, scopes)
                if price is not None:
                    self._buckets.charge(price, account.external_id)
                return await answer(Call(self._world, request, account, grant))
            except Refusal as refusal:
                return json_response(refusal.body, refusal.code)

        return respond

    def _living(self, request: Request) -> None:
        """Raises Refusal for a version that has been ended."""
        ended = {str(planted.get("version")) for planted in self._world.planted("version_sunset", NETWORK)}
        if ended & set(request.url.path.split("/")):
            raise Refusal(410, "gone", "This version of the API is no longer available.")

    def _admit(self, request: Request, scopes: tuple[str, ...]) -> tuple[Account, Grant]:
        """The account of the token. Raises Refusal."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            token = request.query_params.get("access_token", "") or request.query_params.get("oauth_token", "")
        grant = self._world.tokens.lookup(NETWORK, token)
        if grant is None or grant.expired:
            raise auth_error()
        if not set(scopes) & set(grant.scopes):
            message = "Request had insufficient authentication scopes."
            raise Refusal(403, "insufficientPermissions", message)
        account = self._world.account(NETWORK, grant.account_id)
        if account is None:
            raise Refusal(401, "youtubeSignupRequired", "Unauthorized", "youtube.header", "Authorization")
        return account, grant


def json_object(content: bytes) -> dict[str, Any]:
    """What was sent as a JSON object. Raises Refusal."""
    try:
        body = json.loads(content or b"{}")
    except ValueError as error:
        raise bad("parseError", "Parse Error") from error
    if not isinstance(body, dict):
        raise bad("parseError", "Parse Error")
    return body


def inner(body: dict[str, Any], name: str) -> dict[str, Any]:
    """An object within an object sent; empty where it is missing. Raises Refusal."""
    found = body.get(name) or {}
    if not isinstance(found, dict):
        raise bad("invalidValue", f"Invalid value for {name}")
    return found
