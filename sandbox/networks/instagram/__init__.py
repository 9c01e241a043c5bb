"""Instagram with Instagram Login: graph.instagram.com."""

from starlette.routing import Route

from sandbox.networks.instagram.answers import Instagram
from sandbox.networks.meta.graph import Graph
from sandbox.world import World


def routes(world: World) -> list[Route]:
    graph = Graph(world, "instagram", Instagram().answer)
    return [Route("/{path:path}", graph.__call__, methods=["GET", "POST", "DELETE"])]
