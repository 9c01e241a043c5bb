"""What Instagram says when something fails."""

from starlette.responses import Response

from sandbox.networks.meta import faults
from sandbox.web import json_response
from sandbox.world import World

_CODES = "oauth.token"


def fault(kind: str, operation: str, world: World) -> Response:
    """The answer to an operation under a fault: `http_500`, `rate_limited`, `token_expired` or `token_revoked`."""
    if operation == _CODES and kind.startswith("token_"):
        # Where codes are exchanged, errors have a shape of their own.
        message = "Matching code was not found or was already used"
        return json_response({"error_type": "OAuthException", "code": 400, "error_message": message}, 400)
    return faults.fault("instagram", kind, world.accounts("instagram")[0].external_id)
