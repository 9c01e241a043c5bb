"""Links of publications: tracked, shortened where that is wanted, and followed."""

from publishing.links.addresses import is_address, placed
from publishing.links.clicks import follow, forget, look
from publishing.links.repository import address_of, addresses_of, move, remove
from publishing.links.service import Planned, plan, store_all
from publishing.links.tracking import Tracking, problems

__all__ = [
    "Planned",
    "Tracking",
    "address_of",
    "addresses_of",
    "follow",
    "forget",
    "is_address",
    "look",
    "move",
    "placed",
    "plan",
    "problems",
    "remove",
    "store_all",
]
