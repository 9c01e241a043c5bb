"""Refusals on demand, in Bluesky's own words."""

from starlette.responses import Response

from sandbox.networks.bluesky.errors import XrpcError
from sandbox.networks.bluesky.gate import limits
from sandbox.web import json_response
from sandbox.world import World


def fault(kind: str, operation: str, world: World) -> Response:
    """The answer for `http_500`, `rate_limited`, `token_expired` or `token_revoked`."""
    if operation.startswith("oauth.") and kind in ("token_expired", "token_revoked"):
        return json_response({"error": "invalid_grant", "error_description": "Invalid refresh token"}, 400)
    match kind:
        case "rate_limited":
            told = limits(0, int(world.now().timestamp()) + 60)
            return XrpcError("RateLimitExceeded", "Rate Limit Exceeded", 429, told).response()
        case "token_expired":
            return XrpcError("ExpiredToken", "Token has expired", 401).response()
        case "token_revoked":
            return XrpcError("InvalidToken", "Token could not be verified", 401).response()
    return XrpcError("InternalServerError", "Internal Server Error", 500).response()
