"""The door of every /2 call: token, scopes, rate window, and refusals in X's own form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.x.dialect import Dialect, dialect_of
from sandbox.networks.x.errors import Problem, forbidden, too_many, unauthorized, unsupported
from sandbox.networks.x.limits import NETWORK, Planted, Windows
from sandbox.web import json_response
from sandbox.world import Account, World

__all__ = ["NETWORK", "READ", "Call", "Door", "Gate"]

READ = ("tweet.read", "users.read")
_USER, _APP = "OAuth 2.0 User Context", "OAuth 2.0 Application-Only"


@dataclass(frozen=True)
class Call:
    """One admitted call: who asks, in which words, of which world. `viewer` is None for an app by itself."""

    world: World
    request: Request
    viewer: Account | None

    @property
    def dialect(self) -> Dialect:
        """The vocabulary of this request."""
        return dialect_of(self.request.query_params)

    @property
    def account(self) -> Account:
        """The user of the token."""
        if self.viewer is None:
            raise unsupported(_USER, _APP)
        return self.viewer

    @property
    def dead(self) -> frozenset[str]:
        """Metrics that X no longer knows."""
        return frozenset(str(one.get("metric", "")) for one in self.world.planted("metric_dies", NETWORK))


@dataclass(frozen=True)
class Door:
    """What an endpoint demands. `limit` counts calls per user and 15 minutes, `app_limit` those of the app alone.

    An endpoint with `app_limit` 0 is for users only, one with `limit` 0 for the app only.
    """

    name: str
    limit: int
    scopes: tuple[str, ...] = READ
    app_limit: int = 0


class Gate:
    """Turns an answer to an admitted call into an endpoint."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._windows = Windows()
        self._planted = Planted(world)

    def endpoint(
        self, door: Door, answer: Callable[[Call], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that admits, counts, answers and refuses."""

        async def respond(request: Request) -> Response:
            account, problem = self._identify(request, door)
            user = account.external_id if account else ""
            limit = (door.limit or door.app_limit) if account else (door.app_limit or door.limit)
            standing = self._windows.take(door.name, user, limit, self._world.now())
            standing = self._planted.narrowed(door.name, user, standing)
            try:
                if standing.spent:
                    raise too_many()
                refused = problem or self._planted.problem(user)
                if refused is not None:
                    raise refused
                response = await answer(Call(self._world, request, account))
            except Problem as refusal:
                response = refused_with(refusal, dialect_of(request.query_params))
            response.headers.update(standing.headers())
            return response

        return respond

    def _identify(self, request: Request, door: Door) -> tuple[Account | None, Problem | None]:
        """Whose token it is, and why it may not be used here."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._world.tokens.lookup(NETWORK, token) if scheme.lower() == "bearer" else None
        if grant is None or grant.expired:
            return None, unauthorized()
        if not grant.account_ids:
            return None, None if door.app_limit else unsupported(_USER, _APP)
        account = self._world.account(NETWORK, grant.account_id)
        if not door.limit:
            return account, unsupported(_APP, _USER)
        if not set(door.scopes) <= set(grant.scopes):
            return account, forbidden()
        return account, None


def refused_with(refusal: Problem, dialect: Dialect) -> Response:
    """A refusal as it goes over the wire."""
    body = refusal.body(dialect)
    response = json_response(body, refusal.status)
    if "type" in body:
        response.headers["content-type"] = "application/problem+json"
    return response
