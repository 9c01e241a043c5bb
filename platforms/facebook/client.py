"""Calls to a Facebook Page, with that Page's own token."""

from platforms.calls import Pace
from platforms.graph import Graph

# v26.0 is the first number to change when Meta retires a version: about two years after its release.
VERSION = "v26.0"
ORIGIN = "https://graph.facebook.com"


class Client(Graph):
    """Reads and writes one Page. Raises PlatformError."""

    origin = ORIGIN
    version = VERSION
    pace = Pace()
    proves = True
