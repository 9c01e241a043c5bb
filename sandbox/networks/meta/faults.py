"""What the Graph says when something fails: the answers for faults that are asked for at the control door."""

import json
from secrets import token_urlsafe

from starlette.responses import Response

from sandbox.networks.meta.errors import GraphError, unauthorized
from sandbox.networks.meta.usage import KINDS
from sandbox.web import json_response

# Minutes until access comes back: the shortest wait that the wire can name.
_REGAIN = 1


def fault(network: str, kind: str, owner: str) -> Response:
    """The answer to a fault: `http_500`, `rate_limited`, `token_expired` or `token_revoked`.

    `owner` is the id of the page or account whose allowance is used up.
    """
    match kind:
        case "http_500":
            return _answer(GraphError("An unexpected error has occurred.", 2, status=500, is_transient=True))
        case "rate_limited":
            type_, code = KINDS[network]
            used = {"type": type_, "call_count": 101, "total_cputime": 30, "total_time": 40}
            told = {owner: [{**used, "estimated_time_to_regain_access": _REGAIN}]}
            refused = GraphError(f"(#{code}) There have been too many calls to this account.", code)
            return _answer(refused, {"x-business-use-case-usage": json.dumps(told)})
        case "token_expired":
            return _answer(unauthorized("Error validating access token: Session has expired.", 463))
        case "token_revoked":
            return _answer(unauthorized("Error validating access token: The user has not authorized application.", 458))
    raise ValueError(f"the Graph has no answer to the fault {kind}")


def _answer(error: GraphError, headers: dict[str, str] | None = None) -> Response:
    return json_response(error.body(token_urlsafe(16)), error.status, headers)
