"""A Page's own settings of a post, by their names on the wire."""

import json
from collections.abc import Mapping

from platforms.errors import Rejected
from platforms.posting import Kind, Outgoing

_AUDIENCE = frozenset({"targeting", "feed_targeting"})
# What each kind's edge takes; the other kinds go through the feed.
_NAMES: Mapping[Kind, frozenset[str]] = {"video": _AUDIENCE, "story": frozenset()}
_OF_FEED = _AUDIENCE | {"place"}


def settings(post: Outgoing) -> dict[str, str]:
    """As the wire takes them. Raises Rejected for one that the network does not know."""
    known = _NAMES.get(post.kind, _OF_FEED)
    unknown = sorted(set(post.options) - known)
    if unknown:
        offered = f"it has {', '.join(sorted(known))}" if known else "it has none"
        raise Rejected(f"Facebook has no setting {unknown[0]} for a {post.kind}; {offered}")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in post.options.items()}
