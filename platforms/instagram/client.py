"""Calls to an Instagram professional account that was connected by Instagram Login."""

from platforms.calls import Pace
from platforms.graph import Graph

# Instagram follows the Graph version: two years after a release it stops.
VERSION = "v26.0"
ORIGIN = "https://graph.instagram.com"


class Client(Graph):
    """Reads and writes one account. Raises PlatformError."""

    origin = ORIGIN
    version = VERSION
    pace = Pace()
    # Documented for graph.facebook.com only.
    proves = False
