"""Faults in X's own words, for whoever wants an endpoint to fail."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from sandbox.networks.x.dialect import DEFAULT
from sandbox.networks.x.errors import Problem, internal, too_many, unauthorized
from sandbox.networks.x.gate import refused_with
from sandbox.networks.x.limits import WINDOW_S, Standing
from sandbox.networks.x.oauth import refusal
from sandbox.world import World

_LIMIT = 900
_REFUSALS: dict[str, Callable[[], Problem]] = {
    "http_500": internal,
    "rate_limited": too_many,
    # X tells a token that ran out and one that was revoked apart in no way.
    "token_expired": unauthorized,
    "token_revoked": unauthorized,
}


def fault(kind: str, operation: str, world: World) -> Response:
    """The answer of a kind of fault. Raises KeyError for a kind that X does not have."""
    problem = _REFUSALS[kind]()
    if operation.startswith("oauth2.") and kind.startswith("token_"):
        return refusal("invalid_request", "Value passed for the token was invalid.")
    response = refused_with(problem, DEFAULT)
    opened = int(world.now().timestamp()) // WINDOW_S * WINDOW_S
    remaining = 0 if kind == "rate_limited" else _LIMIT - 1
    response.headers.update(Standing(_LIMIT, remaining, opened + WINDOW_S, False).headers())
    return response
