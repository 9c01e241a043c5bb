"""Why a figure is unknown: the statuses of the warehouse, also for what is made of several metrics."""

from collections.abc import Collection, Mapping
from typing import Literal

Status = Literal["observed", "unsupported", "not_yet", "suppressed", "error"]
# The reason that may change soonest first.
STATUSES: tuple[Status, ...] = ("error", "not_yet", "suppressed", "unsupported")
# What figures that no network tells are made of.
PARTS = {
    "engagements": ("reactions", "likes", "comments", "shares"),
    "engagement_rate": ("reactions", "likes", "comments", "shares", "reach", "impressions", "views"),
}


def why(metric: str, told: Mapping[str, Status]) -> Status:
    """The status of an unknown figure, where `told` has those of what it is made of."""
    return soonest({told[part] for part in PARTS.get(metric, (metric,)) if part in told})


def soonest(statuses: Collection[Status]) -> Status:
    """Of several reasons, the one that may change soonest; where none was told, not yet."""
    return next((status for status in STATUSES if status in statuses), "not_yet")
