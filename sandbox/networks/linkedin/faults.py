"""What LinkedIn says when something fails: the answers for faults that are asked for at the control door."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from sandbox.networks.linkedin.errors import Refusal, expired, revoked, throttled, unwell
from sandbox.web import json_response
from sandbox.world import World

_REFUSALS: dict[str, Callable[[], Refusal]] = {
    "http_500": unwell,
    "rate_limited": throttled,
    "token_expired": expired,
    "token_revoked": revoked,
}


def fault(kind: str, operation: str, world: World) -> Response:
    """The answer to an operation under a fault: `http_500`, `rate_limited`, `token_expired` or `token_revoked`."""
    if operation.startswith("oauth.") and kind.startswith("token_"):
        message = "The provided authorization grant or refresh token is invalid, expired or revoked."
        return json_response({"error": "invalid_grant", "error_description": message}, 400)
    refusal = _REFUSALS[kind]()
    return json_response(refusal.body, refusal.status)
