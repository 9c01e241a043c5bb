"""What the network says when something fails."""

from starlette.responses import Response

from sandbox.networks.meta import faults
from sandbox.world import World


def fault(kind: str, operation: str, world: World) -> Response:
    """The answer to an operation under a fault: `http_500`, `rate_limited`, `token_expired` or `token_revoked`."""
    return faults.fault("facebook", kind, world.accounts("facebook")[0].external_id)
