"""Pictures and videos to publish: one door in, known by their content, kept once, and fitted to each network."""

from publishing.media.renditions import for_network, problems

__all__ = ["for_network", "problems"]
