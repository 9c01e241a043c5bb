"""Instagram with Instagram Login: graph.instagram.com. Facebook Login reaches the same edges by `facebook`."""

from starlette.routing import Route

from sandbox.networks.instagram.answers import answer
from sandbox.networks.instagram.edges import OPERATIONS as EDGES
from sandbox.networks.instagram.faults import fault
from sandbox.networks.instagram.login import BY_PAGE
from sandbox.networks.meta import operations
from sandbox.networks.meta.graph import Graph
from sandbox.world import World

__all__ = ["OPERATIONS", "SCOPES", "fault", "operation", "routes"]

# What a lasting token may do.
SCOPES = tuple(BY_PAGE)

_FIXED = {
    "oauth/authorize": "oauth.authorize",
    "oauth/access_token": "oauth.token",
    "access_token": "oauth.exchange",
    "refresh_access_token": "oauth.refresh",
}
OPERATIONS: tuple[str, ...] = (*_FIXED.values(), *EDGES)


def routes(world: World) -> list[Route]:
    """Every path of the network."""
    graph = Graph(world, "instagram", answer)
    return [Route("/{path:path}", graph.__call__, methods=["GET", "POST", "DELETE"])]


def operation(method: str, path: str) -> str:
    """What a call is called."""
    return operations.operation(method, path, _FIXED)
