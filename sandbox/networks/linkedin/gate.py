"""The door of every call: version header, token, scopes, daily limits, and refusals in LinkedIn's form."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.linkedin import restli
from sandbox.networks.linkedin.errors import Refusal, denied, expired, invalid, invalid_token, revoked
from sandbox.web import json_response
from sandbox.world import Account, World

NETWORK = "linkedin"
ORGANIZATION = "urn:li:organization:"
_VERSION = re.compile(r"20\d\d(0[1-9]|1[0-2])")
_SUNSET_DAY = 16
_MEMBER_DAILY = 20_000
_UNSETTLED = timedelta(seconds=3)


@dataclass(frozen=True)
class Call:
    """One admitted call: who asks for what, with its parameters already parsed."""

    world: World
    request: Request
    account: Account
    query: dict[str, restli.Value]

    def text(self, name: str, default: str | None = None) -> str:
        """A parameter that must be a plain value. Raises Refusal."""
        value = self.query.get(name, default)
        if not isinstance(value, str):
            raise invalid(f"Parameter '{name}' is missing or invalid", "PARAM_INVALID")
        return value

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """A parameter that must be a whole number. Raises Refusal."""
        value = self.text(name, str(default))
        if not value.isdecimal() or (most is not None and int(value) > most):
            raise invalid(f"Parameter '{name}' is invalid: {value}", "PARAM_INVALID")
        return int(value)

    def listed(self, name: str) -> list[str]:
        """A parameter that must be a list of plain values; absent is empty. Raises Refusal."""
        value = self.query.get(name, [])
        if not isinstance(value, list):
            raise invalid(f"Parameter '{name}' must be List(…)", "PARAM_INVALID")
        return [item for item in value if isinstance(item, str)]

    def key(self) -> str:
        """The key at the end of the path. Raises Refusal when it is not percent encoded."""
        try:
            return restli.key(self.request.scope["raw_path"].decode())
        except restli.Malformed as error:
            raise invalid(f"Syntax exception in path variables: {error}") from error

    def owns(self, urn: str) -> bool:
        """Whether the member administers this organization."""
        return urn == organization(self.account)


def organization(account: Account) -> str:
    """The URN of an account."""
    return ORGANIZATION + account.external_id.removeprefix(ORGANIZATION)


def organization_by_urn(world: World, urn: str) -> Account | None:
    """The account that a URN names."""
    return next((one for one in world.accounts(NETWORK) if organization(one) == urn), None)


def member(world: World, account: Account) -> str:
    """The id of the person who administers an account; like LinkedIn's, its own for each app."""
    app = world.app(NETWORK).client_id
    return hashlib.sha256(f"{app}:{account.external_id}".encode()).hexdigest()[:10]


class Fresh:
    """Tokens that came out of a consent moments ago: the first call with one is answered as if it were revoked."""

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

    def __init__(self, world: World, fresh: Fresh) -> None:
        self._world = world
        self._fresh = fresh
        self._used: Counter[tuple[date, str]] = Counter()

    def endpoint(
        self,
        name: str,
        answer: Callable[[Call], Awaitable[Response]],
        *,
        scopes: tuple[str, ...],
        versioned: bool = True,
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that admits tokens with any of the scopes, answers and refuses."""

        async def respond(request: Request) -> Response:
            try:
                account = self._admit(request, name, scopes)
                if versioned:
                    self._check_version(request)
                query = await _parameters(request)
                return await answer(Call(self._world, request, account, query))
            except Refusal as refusal:
                return json_response(refusal.body, refusal.body["status"])

        return respond

    def _admit(self, request: Request, name: str, scopes: tuple[str, ...]) -> Account:
        """The account of the token. Raises Refusal."""
        now = self._world.now()
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._world.tokens.lookup(NETWORK, token) if scheme.lower() == "bearer" else None
        if grant is None:
            raise invalid_token()
        if grant.expired:
            raise expired()
        if self._fresh.stumble(token, now):
            raise revoked()
        account = self._world.account(NETWORK, grant.account_id)
        if account is None:
            raise revoked()
        if not set(scopes) & set(grant.scopes):
            raise denied(name)
        today = (now.date(), account.external_id)
        self._used[today] += 1
        if self._used[today] > _MEMBER_DAILY:
            raise Refusal(429, "Resource level throttle limit for calls to this resource is reached.")
        return account

    def _check_version(self, request: Request) -> None:
        """A version lives from its month to the middle of the same month a year later."""
        version = request.headers.get("linkedin-version")
        if version is None:
            raise invalid(
                "A version must be present. Please specify a version by adding the LinkedIn-Version header.",
                "VERSION_MISSING",
            )
        today = self._world.now().astimezone(UTC).date()
        if _VERSION.fullmatch(version):
            born = date(int(version[:4]), int(version[4:]), 1)
            if born <= today < born.replace(year=born.year + 1, day=_SUNSET_DAY):
                return
        raise Refusal(426, f"Requested version {version} is not active", code="NONEXISTENT_VERSION")


async def _parameters(request: Request) -> dict[str, restli.Value]:
    """Parameters of the query string, or of the body of a tunnelled call. Raises Refusal."""
    raw = request.scope["query_string"].decode()
    if _tunnelled(request):
        raw = "&".join(part for part in (raw, (await request.body()).decode()) if part)
    structured = "List(" in raw or "=(" in raw
    if structured and request.headers.get("x-restli-protocol-version") != "2.0.0":
        raise invalid("Invalid query parameters passed to request: the protocol version is 1.0.0", "PARAM_INVALID")
    try:
        return restli.query(raw)
    except restli.Malformed as error:
        raise invalid(f"Invalid query parameters passed to request: {error}", "PARAM_INVALID") from error


def _tunnelled(request: Request) -> bool:
    """Whether a POST stands for a GET whose address was too long."""
    return request.method == "POST" and request.headers.get("x-http-method-override", "").upper() == "GET"


def by_method(
    get: Callable[[Call], Awaitable[Response]], post: Callable[[Call], Awaitable[Response]]
) -> Callable[[Call], Awaitable[Response]]:
    """One path that is read with GET, or with a POST that says it is one, and written with POST."""

    async def answer(call: Call) -> Response:
        reads = call.request.method == "GET" or _tunnelled(call.request)
        return await (get(call) if reads else post(call))

    return answer
