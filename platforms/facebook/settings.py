"""A Page's own settings of a post, by their names on the wire."""

import json

from platforms.errors import Rejected
from platforms.posting import Outgoing

NAMES = frozenset({"place", "targeting", "feed_targeting"})


def settings(post: Outgoing) -> dict[str, str]:
    """As the wire takes them. Raises Rejected for one that the network does not know."""
    unknown = sorted(set(post.options) - NAMES)
    if unknown:
        raise Rejected(f"Facebook has no setting {unknown[0]}; it has {', '.join(sorted(NAMES))}")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in post.options.items()}
