"""The figures inside Analytics reports: viewing of some videos in a span, viewers by country, age and gender."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sandbox.networks.youtube.shapes import seconds
from sandbox.world import Post, World

VIEWING = frozenset(
    "views engagedViews estimatedMinutesWatched averageViewDuration averageViewPercentage likes dislikes comments"
    " shares".split()
)
SUBSCRIBERS = frozenset({"subscribersGained", "subscribersLost"})
_GENDERS = {"F": "female", "M": "male", "U": "user_specified"}


def viewing(world: World, posts: Iterable[Post], start: datetime, end: datetime) -> dict[str, Any]:
    """What a span brought some videos; averages are of the span, lengths in seconds."""
    sums = dict.fromkeys(("views", "likes", "comments", "shares", "watch_seconds"), 0)
    possible = 0
    for post in posts:
        if post.created_at >= end:
            continue
        added = world.counters_between(post, start, end)
        for name in sums:
            sums[name] += added[name]
        possible += added["views"] * seconds(post)
    views, watched = sums["views"], sums.pop("watch_seconds")
    return sums | {
        "engagedViews": views,
        "dislikes": 0,
        "estimatedMinutesWatched": watched // 60,
        "averageViewDuration": watched // views if views else 0,
        "averageViewPercentage": round(100 * watched / possible, 2) if possible else 0.0,
    }


def by_country(weights: Mapping[str, int], totals: Mapping[str, Any], metrics: Sequence[str]) -> list[list[Any]]:
    """Totals divided among countries so that every column adds up to them; averages are the same everywhere."""
    averages = {"averageViewDuration", "averageViewPercentage"}
    columns = [
        dict.fromkeys(weights, totals[metric]) if metric in averages else divided(totals[metric], weights)
        for metric in metrics
    ]
    rows = [[country, *(column[country] for column in columns)] for country in weights]
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
