"""Pictures and videos to publish: one door in, known by their content, kept once, and fitted to each network."""

from publishing.media.renditions import can_be_fetched, for_network, problems

__all__ = ["can_be_fetched", "for_network", "problems"]
