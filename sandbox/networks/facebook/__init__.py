"""Facebook Pages: the Graph API v26.0."""

from starlette.routing import Route

from sandbox.networks.facebook.answers import answer
from sandbox.networks.meta.graph import Graph
from sandbox.world import World


def routes(world: World) -> list[Route]:
    graph = Graph(world, "facebook", answer)
    return [Route("/{path:path}", graph.__call__, methods=["GET", "POST", "DELETE"])]
