"""What the network says when something fails: the answers for faults that are asked for at the control door."""

import json
from secrets import token_urlsafe

from starlette.responses import Response

from sandbox.networks.meta.errors import GraphError, unauthorized
from sandbox.web import json_response
from sandbox.world import World


def fault(kind: str, operation: str, world: World) -> Response:
    """The answer to an operation under a fault: `http_500`, `rate_limited`, `token_expired` or `token_revoked`."""
    headers: dict[str, str] = {}
    match kind:
        case "http_500":
            message = "An unexpected error has occurred. Please retry your request later."
            error = GraphError(message, 2, status=500, is_transient=True)
        case "rate_limited":
            error = GraphError("(#80001) There have been too many calls to this Page account.", 80001)
            # The shortest wait that the wire can name: it counts in minutes.
            usage = {"type": "pages", "call_count": 100, "total_cputime": 33, "total_time": 50}
            told = [{**usage, "estimated_time_to_regain_access": 1}]
            headers["x-business-use-case-usage"] = json.dumps({world.accounts("facebook")[0].external_id: told})
        case "token_expired":
            error = unauthorized("Error validating access token: Session has expired.", 463)
        case "token_revoked":
            error = unauthorized("Error validating access token: The user has not authorized application.", 458)
        case _:
            raise ValueError(f"no fault {kind}")
    return json_response(error.body(token_urlsafe(16)), error.status, headers)
