"""Facebook Pages: the Graph API v26.0."""

from starlette.routing import Route

from sandbox.networks.facebook.answers import answer
from sandbox.networks.facebook.faults import fault
from sandbox.networks.facebook.operations import OPERATIONS, operation
from sandbox.networks.meta.graph import Graph
from sandbox.world import World

__all__ = ("OPERATIONS", "SCOPES", "fault", "operation", "routes")

# What a lasting token may do.
SCOPES = (
    "pages_show_list",
    "pages_read_engagement",
    "pages_manage_posts",
    "pages_manage_engagement",
    "pages_read_user_content",
    "pages_manage_metadata",
    "read_insights",
    "business_management",
    "instagram_basic",
    "instagram_manage_insights",
    "instagram_content_publish",
    "instagram_manage_comments",
)


def routes(world: World) -> list[Route]:
    """Every path of the network."""
    graph = Graph(world, "facebook", answer)
    return [Route("/{path:path}", graph.__call__, methods=["GET", "POST", "DELETE"])]
