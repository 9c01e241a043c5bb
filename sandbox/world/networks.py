"""What each network is like: how large, what is posted there, and which counters it shows.

A counter's figure is its share of the views (or impressions) of a post, in the median.
"""

from dataclasses import dataclass


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


_REACTIONS = {
    "reactions_like": 0.0210,
    "reactions_love": 0.0062,
    "reactions_wow": 0.0011,
    "reactions_haha": 0.0013,
    "reactions_sorry": 0.0003,
    "reactions_anger": 0.0002,
}

NATURES: dict[str, Nature] = {
    "facebook": Nature(
        "Facebook", 31_000, 0.30, 0.8, 20, {"text": 1, "link": 2, "image": 4, "reel": 2}, "views",
        {"reach": 0.78, **_REACTIONS, "comments": 0.0031, "shares": 0.0024, "clicks": 0.019},
        {"reactions": tuple(_REACTIONS)},
    ),
    "instagram": Nature(
        "Instagram", 48_000, 0.55, 0.9, 26, {"image": 4, "carousel": 3, "reel": 4}, "views",
        {"reach": 0.71, "likes": 0.041, "comments": 0.0028, "shares": 0.0049, "saves": 0.0062,
         "profile_visits": 0.006, "follows": 0.0011},
        {},
    ),
    "x": Nature(
        "X", 12_000, 0.42, 1.2, 7, {"text": 5, "link": 3, "image": 3, "video": 1}, "impressions",
        {"likes": 0.013, "comments": 0.0016, "reposts": 0.0021, "quotes": 0.0004, "saves": 0.0011,
         "clicks": 0.0082, "profile_visits": 0.0031},
        {"shares": ("reposts", "quotes"),
         "engagements": ("likes", "comments", "reposts", "quotes", "saves", "clicks", "profile_visits")},
    ),
    "linkedin": Nature(
        "LinkedIn", 9_000, 0.60, 0.5, 34, {"text": 3, "link": 3, "image": 4, "video": 1}, "impressions",
        {"reach": 0.66, "likes": 0.018, "comments": 0.0019, "shares": 0.0013, "clicks": 0.027},
        {},
    ),
    "tiktok": Nature(
        "TikTok", 76_000, 0.80, 0.7, 40, {"video": 1}, "views",
        {"likes": 0.062, "comments": 0.0022, "shares": 0.0051},
        {},
    ),
    "youtube": Nature(
        "YouTube", 22_000, 0.45, 0.4, 60, {"video": 3, "short": 4}, "views",
        {"likes": 0.037, "comments": 0.0026, "shares": 0.0034, "watch_seconds": 41.0},
        {},
    ),
}  # fmt: skip

# What happens outside the network's sight, as shares of the exposure.
BEYOND = {"link_clicks": 0.011, "purchases": 0.00035}
