"""What a network is like: how large, what is posted there, which counters it shows, how its ids look.

A counter's figure is its share of the views (or impressions) of a post, in the median.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.world.model import Account


def _nothing(external_id: str, username: str) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class Nature:
    """`per_day` posts a day, `followers` in the median, `exposure` views of a post per follower."""

    title: str
    followers: int
    exposure: float
    per_day: float
    # Hours until most of the engagement is there.
    tau_hours: float
    kinds: dict[str, float]
    # The counter of which all others are shares.
    exposed: str
    shares: dict[str, float]
    # Counters that are sums of others.
    sums: dict[str, tuple[str, ...]]
    # External id of an account from a number of its own.
    account_id: Callable[[int], str]
    # External id of a post from its account's, its moment and a key of its own.
    post_id: Callable[[str, datetime, str], str]
    # Where people see a post, from the account's username and the post's external id.
    permalink: Callable[[str, str], str]
    # What only this network knows about an account, from its external id and username.
    extra: Callable[[str, str], dict[str, Any]] = _nothing
    # Who administers an account, and has posts and followers of their own; the number is the account's place.
    person: Callable[[Account, int], Account] | None = None

    @property
    def counters(self) -> tuple[str, ...]:
        """Names of the counters that are no sums."""
        return (self.exposed, *self.shares)


# What happens outside the network's sight, as shares of the exposure.
BEYOND = {"link_clicks": 0.011, "purchases": 0.00035}
