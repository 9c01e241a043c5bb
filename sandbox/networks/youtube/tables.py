"""The figures inside Analytics reports: viewing of some videos in a span, and how it divides among viewers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sandbox.world import Post, World

VIEWING = frozenset(
    "views engagedViews estimatedMinutesWatched averageViewDuration averageViewPercentage likes dislikes comments"
    " shares videoThumbnailImpressions videoThumbnailImpressionsClickRate redViews estimatedRedMinutesWatched"
    " videosAddedToPlaylists videosRemovedFromPlaylists".split()
)
SUBSCRIBERS = frozenset({"subscribersGained", "subscribersLost"})
FLOATS = frozenset({"viewerPercentage", "averageViewPercentage", "videoThumbnailImpressionsClickRate"})
# These are the same everywhere: they do not divide.
_AVERAGES = frozenset({"averageViewDuration", *FLOATS})
_WATCHED = frozenset({"views", "engagedViews", "estimatedMinutesWatched"})
_AVERAGED = _WATCHED | {"averageViewDuration", "averageViewPercentage"}
# Dimension, its values by weight, and the metrics that can be had by it.
DIVISIONS: dict[str, tuple[dict[str, int], frozenset[str]]] = {
    "insightTrafficSourceType": (
        {"YT_SEARCH": 31, "SHORTS": 27, "RELATED_VIDEO": 18, "SUBSCRIBER": 14, "EXT_URL": 7, "NO_LINK_OTHER": 3},
        _WATCHED,
    ),
    "insightPlaybackLocationType": ({"WATCH": 82, "EMBEDDED": 11, "CHANNEL": 7}, _WATCHED),
    "deviceType": ({"MOBILE": 61, "DESKTOP": 19, "TV": 13, "TABLET": 6, "GAME_CONSOLE": 1}, _WATCHED),
    "operatingSystem": ({"ANDROID": 38, "IOS": 27, "WINDOWS": 15, "MACINTOSH": 6, "SMART_TV": 14}, _WATCHED),
    "subscribedStatus": ({"UNSUBSCRIBED": 68, "SUBSCRIBED": 32}, _AVERAGED | {"likes", "dislikes", "shares"}),
    "youtubeProduct": ({"CORE": 91, "KIDS": 2, "MUSIC": 7}, _AVERAGED),
    "liveOrOnDemand": ({"ON_DEMAND": 1}, _AVERAGED),
    "sharingService": ({"COPY_PASTE": 44, "WHATS_APP": 38, "FACEBOOK": 11, "TWITTER": 7}, frozenset({"shares"})),
}
_GENDERS = {"F": "female", "M": "male", "U": "user_specified"}


def viewing(
    world: World, posts: Iterable[Post], start: datetime, end: datetime, length: Callable[[Post], int]
) -> dict[str, Any]:
    """What a span brought some videos; averages are of the span, lengths in seconds."""
    sums = dict.fromkeys(("views", "likes", "comments", "shares", "watch_seconds"), 0)
    possible = 0
    for post in posts:
        if post.created_at >= end:
            continue
        added = world.counters_between(post, start, end)
        for name in sums:
            sums[name] += added[name]
        possible += added["views"] * length(post)
    views, watched = sums["views"], sums.pop("watch_seconds")
    return sums | {
        "engagedViews": views * 4 // 5,
        "dislikes": 0,
        "estimatedMinutesWatched": watched // 60,
        "averageViewDuration": watched // views if views else 0,
        "averageViewPercentage": round(100 * watched / possible, 2) if possible else 0.0,
        "videoThumbnailImpressions": views * 12,
        "videoThumbnailImpressionsClickRate": round(100 / 12, 2) if views else 0.0,
        "redViews": views // 10,
        "estimatedRedMinutesWatched": watched // 600,
        "videosAddedToPlaylists": views // 500,
        "videosRemovedFromPlaylists": views // 5000,
    }


def by_weight(weights: Mapping[str, int], totals: Mapping[str, Any], metrics: Sequence[str]) -> list[list[Any]]:
    """Totals divided so that every column adds up to them; averages are the same everywhere."""
    columns = [
        dict.fromkeys(weights, totals[metric]) if metric in _AVERAGES else divided(totals[metric], weights)
        for metric in metrics
    ]
    rows = [[value, *(column[value] for column in columns)] for value in weights]
    return [row for row in rows if any(row[1:])]


def divided(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """Whole shares of a total; the largest takes what rounding leaves."""
    whole = sum(weights.values()) or 1
    shares = {name: total * weight // whole for name, weight in weights.items()}
    shares[max(weights, key=lambda name: weights[name])] += total - sum(shares.values())
    return shares


def demographics(found: Mapping[str, Mapping[str, int]], dimensions: Sequence[str]) -> list[list[Any]]:
    """Viewers in per cent of all, by age, gender or both in the order asked."""
    ages, genders = _percent(found["age"]), _percent(found["gender"])
    sides = {
        "ageGroup": {f"age{age.replace('+', '-')}": share for age, share in ages.items()},
        "gender": {_GENDERS[gender]: share for gender, share in genders.items()},
    }
    rows: list[list[Any]] = [[100.0]]
    for dimension in reversed(dimensions):
        rows = [[value, *row[:-1], row[-1] * share / 100] for value, share in sides[dimension].items() for row in rows]
    return [[*row[:-1], round(row[-1], 1)] for row in rows]


def _percent(counts: Mapping[str, int]) -> dict[str, float]:
    whole = sum(counts.values()) or 1
    return {name: 100 * count / whole for name, count in counts.items()}
