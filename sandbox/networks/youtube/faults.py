"""What YouTube says when something fails: the answers for faults that are asked for at the control door."""

from __future__ import annotations

from starlette.responses import Response

from sandbox.networks.youtube.errors import Refusal, auth_error
from sandbox.web import json_response
from sandbox.world import World


def fault(kind: str, operation: str, world: World) -> Response:
    """The answer to an operation under a fault: `http_500`, `rate_limited`, `token_expired` or `token_revoked`."""
    if operation.startswith("oauth.") and kind.startswith("token_"):
        return json_response({"error": "invalid_grant", "error_description": "Token has been expired or revoked."}, 400)
    refusal = _refusal(kind)
    return json_response(refusal.body, refusal.code)


def _refusal(kind: str) -> Refusal:
    match kind:
        case "http_500":
            return Refusal(500, "backendError", "Backend Error")
        case "rate_limited":
            message = "The request cannot be completed because too many have been sent in a short time."
            return Refusal(403, "userRateLimitExceeded", message, "usageLimits")
        case "token_expired" | "token_revoked":
            return auth_error()
    raise ValueError(f"YouTube has no answer to the fault {kind}")
