"""What calls cost of the project's day, and how much a day holds.

A day ends at midnight Pacific. YouTube sends no figures about it, so the client counts. Reports cost nothing of it.
"""

from datetime import date, timedelta
from decimal import Decimal

from platforms.accounting import Price
from platforms.platform import Budget

SOURCE = "developers.google.com/youtube/v3/determine_quota_cost"
AS_OF = date(2026, 11, 22)
_DAY = timedelta(days=1)

# Method and path, the operation's name in the discovery document, amount and unit.
_COSTS = (
    ("GET", "/youtube/v3/channels", "channels.list", 1, "units"),
    ("GET", "/youtube/v3/playlistItems", "playlistItems.list", 1, "units"),
    ("GET", "/youtube/v3/videos", "videos.list", 1, "units"),
    ("PUT", "/youtube/v3/videos", "videos.update", 50, "units"),
    ("DELETE", "/youtube/v3/videos", "videos.delete", 50, "units"),
    ("GET", "/youtube/v3/commentThreads", "commentThreads.list", 1, "units"),
    ("POST", "/youtube/v3/commentThreads", "commentThreads.insert", 50, "units"),
    ("GET", "/youtube/v3/comments", "comments.list", 1, "units"),
    ("POST", "/upload/youtube/v3/thumbnails/set", "thumbnails.set", 50, "units"),
    ("POST", "/upload/youtube/v3/videos", "videos.insert", 1, "uploads"),
)

PRICES = tuple(Price(name, Decimal(amount), unit, SOURCE, AS_OF) for _, _, name, amount, unit in _COSTS)
OPERATIONS = {(method, path): name for method, path, name, _, _ in _COSTS}
BUDGETS = (
    Budget("*", 10_000, _DAY, "app", SOURCE, AS_OF, unit="units"),
    Budget("videos.insert", 100, _DAY, "app", SOURCE, AS_OF, unit="uploads"),
)
