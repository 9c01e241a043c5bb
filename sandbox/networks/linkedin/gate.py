"""The door of every call: version header, token, scopes, daily limits, and refusals in LinkedIn's form."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from sandbox.networks.linkedin import restli
from sandbox.networks.linkedin.call import Call
from sandbox.networks.linkedin.errors import (
    Refusal,
    dead_version,
    denied,
    expired,
    invalid,
    invalid_token,
    no_version,
    revoked,
    throttled,
)
from sandbox.networks.linkedin.feed import Feed
from sandbox.networks.linkedin.people import NETWORK
from sandbox.tokens import Grant
from sandbox.web import json_response
from sandbox.world import World

Answer = Callable[[Call], Awaitable[Response]]

_VERSION = re.compile(r"(20\d\d)(0[1-9]|1[0-2])(?:\.\d\d)?")
_PROTOCOLS = (None, "1.0.0", "2.0.0")
_SUNSET_DAY = 16
_DAILY = {"member": 20_000, "app": 100_000}
_UNSETTLED = timedelta(seconds=3)
_ON_COLLECTION = {"GET": "GET_ALL", "POST": "CREATE", "PUT": "BATCH_UPDATE", "DELETE": "BATCH_DELETE"}
_ON_ENTITY = {"GET": "GET", "POST": "PARTIAL_UPDATE", "PUT": "UPDATE", "DELETE": "DELETE"}


class Door(Route):
    """A route that also takes a call whose address was too long: a POST that names its real method in a header."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As of any route, with the method that is meant."""
        meant = Headers(scope=scope).get("x-http-method-override") if scope["type"] == "http" else None
        if meant is None or scope["method"] != "POST":
            return super().matches(scope)
        match, found = super().matches({**scope, "method": meant.upper()})
        return match, {**found, "method": meant.upper()}


class Fresh:
    """Tokens that not every machine knows yet.

    The first call with one that came out of a consent moments ago is answered as if it were revoked.
    """

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}

    def add(self, token: str, now: datetime) -> None:
        """A token was just given."""
        self._since[token] = now

    def stumble(self, token: str, now: datetime) -> bool:
        """Whether this call meets a machine that has not heard of the token."""
        since = self._since.pop(token, None)
        return since is not None and now - since < _UNSETTLED


class Gate:
    """Turns an answer to an admitted call into an endpoint."""

    def __init__(self, world: World, feed: Feed, fresh: Fresh) -> None:
        self._world, self._feed, self._fresh = world, feed, fresh
        self._used: Counter[tuple[date, str]] = Counter()

    def endpoint(
        self,
        resource: str,
        answer: Answer,
        *,
        scopes: tuple[str, ...] = (),
        versioned: bool = True,
        keyed: bool = True,
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that admits tokens with any of the scopes (none named: every token), answers and refuses.

        `keyed` says that the path ends with a key, so that it names one thing and not all of them.
        """

        async def respond(request: Request) -> Response:
            try:
                grant = self._admit(request, resource, scopes)
                if versioned:
                    self._check_version(request)
                call = await self._call(request, grant, keyed)
                return _narrowed(await answer(call), call)
            except Refusal as refusal:
                return json_response(refusal.body, refusal.status)

        return respond

    def _admit(self, request: Request, resource: str, scopes: tuple[str, ...]) -> Grant:
        """What the token is for. Raises Refusal."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._world.tokens.lookup(NETWORK, token) if scheme.lower() == "bearer" else None
        if grant is None:
            raise revoked() if self._world.tokens.was_revoked(NETWORK, token) else invalid_token()
        if grant.expired:
            raise expired()
        if self._fresh.stumble(token, self._world.now()) or self._world.account(NETWORK, grant.account_id) is None:
            raise revoked()
        if scopes and not set(scopes) & set(grant.scopes):
            raise denied(resource)
        self._count(resource, grant.account_id)
        return grant

    def _count(self, resource: str, account: str) -> None:
        """One more call of the day (UTC), of the member and of the app. Raises Refusal."""
        today = self._world.now().date()
        for whose, key in (("member", account), ("app", "")):
            self._used[today, key] += 1
            if self._used[today, key] > _DAILY[whose]:
                raise throttled(whose)
        for planted in self._world.planted("quota", NETWORK):
            hits = planted.get("bucket", "*") in ("*", resource) and planted.get("account") in (None, account)
            # A new day gives a new quota.
            if hits and planted["at"].astimezone(UTC).date() == today:
                key = f"planted {planted['id']}"
                self._used[today, key] += 1
                if self._used[today, key] > int(planted["remaining"]):
                    raise throttled("member" if planted.get("account") else "app")

    def _check_version(self, request: Request) -> None:
        """A version lives from its month to the middle of the same month a year later. Raises Refusal.

        A world of the past has those of today from its beginning: clients speak no others.
        """
        version = request.headers.get("linkedin-version")
        if version is None:
            raise no_version()
        found = _VERSION.fullmatch(version)
        today = self._world.now().astimezone(UTC).date()
        dead = {str(planted["version"]) for planted in self._world.planted("version_sunset", NETWORK)}
        if found is not None and version[:6] not in dead:
            born = date(int(found[1]), int(found[2]), 1)
            if born <= max(today, datetime.now(UTC).date()) and today < born.replace(
                year=born.year + 1, day=_SUNSET_DAY
            ):
                return
        raise dead_version(version)

    async def _call(self, request: Request, grant: Grant, keyed: bool) -> Call:
        """The call with its parameters; a long one has them in its body. Raises Refusal."""
        protocol = request.headers.get("x-restli-protocol-version")
        if protocol not in _PROTOCOLS:
            raise invalid(f"Rest.li protocol version {protocol} used by the client is not supported!")
        raw, content = request.scope["query_string"].decode(), await request.body()
        try:
            if "x-http-method-override" in request.headers:
                more, content = restli.tunnelled(request.headers.get("content-type", ""), content)
                raw = "&".join(part for part in (raw, more) if part)
            if restli.is_structured(raw) and protocol != "2.0.0":
                raise restli.Malformed("the protocol version is 1.0.0")
            query = restli.query(raw)
        except (restli.Malformed, UnicodeDecodeError) as error:
            raise invalid(f"Invalid query parameters passed to request: {error}", "PARAM_INVALID") from error
        account = self._world.account(NETWORK, grant.account_id)
        if account is None:
            raise revoked()
        person, method = self._world.owner(account), _method(request, query, keyed)
        return Call(self._world, self._feed, request, account, person, tuple(grant.scopes), method, query, content)


def _method(request: Request, query: dict[str, Any], keyed: bool) -> str:
    """The Rest.li method: what the header says, else what HTTP method, path and parameters amount to."""
    said = request.headers.get("x-restli-method", "").upper()
    if said:
        return said
    if "action" in query:
        return "ACTION"
    if "q" in query:
        return "FINDER"
    if "ids" in query:
        return {"GET": "BATCH_GET", "POST": "BATCH_PARTIAL_UPDATE"}.get(request.method, _ON_COLLECTION[request.method])
    return (_ON_ENTITY if keyed else _ON_COLLECTION)[request.method]


def _narrowed(response: Response, call: Call) -> Response:
    """The answer with only the fields that were asked for."""
    if "fields" not in call.query or call.request.method != "GET" or not response.body:
        return response
    return json_response(restli.projected(json.loads(bytes(response.body)), call.text("fields")))
