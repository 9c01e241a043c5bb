"""Instagram with Instagram Login: graph.instagram.com."""

from starlette.routing import Route

from sandbox.networks.instagram.answers import answer
from sandbox.networks.meta.graph import Graph
from sandbox.world import World


def routes(world: World) -> list[Route]:
    """Every path of the network."""
    graph = Graph(world, "instagram", answer)
    return [Route("/{path:path}", graph.__call__, methods=["GET", "POST", "DELETE"])]
