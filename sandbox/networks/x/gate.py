"""The door of every /2 call: token, scopes, rate window, and refusals in X's own form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from sandbox.networks.x.dialect import Dialect, dialect_of
from sandbox.networks.x.errors import Problem, forbidden, too_many, unauthorized
from sandbox.networks.x.limits import Windows
from sandbox.web import json_response
from sandbox.world import Account, World

NETWORK = "x"
READ = ("tweet.read", "users.read")


@dataclass(frozen=True)
class Call:
    """One admitted call: who asks, in which words, of which world."""

    world: World
    request: Request
    account: Account

    @property
    def dialect(self) -> Dialect:
        """The vocabulary of this request."""
        return dialect_of(self.request.query_params)


@dataclass(frozen=True)
class Door:
    """What an endpoint demands. `limit` counts calls per user and 15 minutes."""

    name: str
    limit: int
    scopes: tuple[str, ...] = READ


class Gate:
    """Turns an answer to an admitted call into an endpoint."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._windows = Windows()

    def endpoint(
        self, door: Door, answer: Callable[[Call], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint that admits, counts, answers and refuses."""

        async def respond(request: Request) -> Response:
            account, problem = self._identify(request, door)
            user = account.external_id if account else ""
            standing = self._windows.take(door.name, user, door.limit, self._world.now())
            try:
                if standing.spent:
                    raise too_many()
                if problem is not None or account is None:
                    raise problem or unauthorized()
                response = await answer(Call(self._world, request, account))
            except Problem as refusal:
                body = refusal.body(dialect_of(request.query_params))
                response = json_response(body, refusal.status)
                response.headers["content-type"] = "application/problem+json"
            response.headers.update(standing.headers())
            return response

        return respond

    def _identify(self, request: Request, door: Door) -> tuple[Account | None, Problem | None]:
        """Whose token it is, and why it may not be used here."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        grant = self._world.tokens.lookup(NETWORK, token) if scheme.lower() == "bearer" else None
        if grant is None or grant.expired:
            return None, unauthorized()
        account = self._world.account(NETWORK, grant.account_id)
        if not set(door.scopes) <= set(grant.scopes):
            return account, forbidden()
        return account, None
