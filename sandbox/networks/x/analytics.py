"""Figures of the user's own posts and videos over a span, in whole hours, UTC days, weeks, or as one sum."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from starlette.responses import Response

from sandbox.networks.x import attached, posts
from sandbox.networks.x.asked import chosen, ids, listed, needed
from sandbox.networks.x.errors import Problem, invalid, missing, partial
from sandbox.networks.x.gate import Call
from sandbox.networks.x.posts import Seen
from sandbox.networks.x.read import MEDIA_KEY
from sandbox.web import json_response

# X's name of a figure and the world's. X keeps these names in both vocabularies.
_COUNTED = {
    "impressions": "impressions",
    "engagements": "engagements",
    "likes": "likes",
    "replies": "comments",
    "retweets": "reposts",
    "quote_tweets": "quotes",
    "bookmarks": "saves",
    "url_clicks": "clicks",
    "user_profile_clicks": "profile_visits",
}
# May be asked for; this world does not count them, and X leaves out what it does not know.
_UNCOUNTED = frozenset(
    "app_install_attempts app_opens detail_expands email_tweet follows hashtag_clicks media_views"
    " permalink_clicks shares unfollows unlikes".split()
)
_FIELDS = frozenset(_COUNTED) | _UNCOUNTED | {"id", "timestamp", "timestamped_metrics"}
# Of those who begin a video, how many get so far.
_PLAYED = {
    "video_views": 1.0,
    "playback_start": 1.0,
    "playback25": 0.61,
    "playback50": 0.44,
    "playback75": 0.33,
    "playback_complete": 0.24,
}
_MEDIA_FIELDS = frozenset(_PLAYED) | {
    "cta_url_clicks", "cta_watch_clicks", "media_key", "play_from_tap", "timestamp", "timestamped_metrics",
    "watch_time_ms",
}  # fmt: skip
_STEPS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(days=7)}
# What one answer of days or hours may hold.
_LONGEST = {"hourly": timedelta(days=31), "daily": timedelta(days=366), "weekly": timedelta(days=366)}
Count = Callable[[datetime, datetime], dict[str, int]]


async def analytics(call: Call) -> Response:
    """The figures of up to a hundred own posts; the others are partial errors."""
    asked = ids(call.request.query_params)
    span, granularity = _span(call, _STEPS)
    fields = chosen(call, "analytics.fields", _FIELDS)
    data, errors = [], []
    for wanted_id in asked:
        seen = posts.lookup(call.world, wanted_id)
        if seen is None:
            errors.append(partial(missing(call.dialect.post, "ids", wanted_id), call.dialect))
        elif seen.author.external_id != call.account.external_id:
            errors.append(partial(_not_yours(call, call.dialect.post, "ids", wanted_id), call.dialect))
        else:
            metrics = (fields & frozenset(_COUNTED)) or (frozenset() if fields else frozenset(_COUNTED))
            shown = _figures(call, seen, _of_post(call, seen, metrics - call.dead), span, granularity, fields)
            data.append({"id": seen.id} | shown)
    return json_response({name: value for name, value in {"data": data, "errors": errors}.items() if value})


async def media_analytics(call: Call) -> Response:
    """How far people got in own videos."""
    asked = listed(call.request.query_params, "media_keys", MEDIA_KEY)
    span, granularity = _span(call, {name: _STEPS[name] for name in ("hourly", "daily")})
    fields = chosen(call, "media_analytics.fields", _MEDIA_FIELDS)
    data, errors = [], []
    for key in asked:
        found = attached.by_key(call, key)
        if found is None:
            errors.append(partial(missing("media", "media_keys", key), call.dialect))
        elif found[0].author.external_id != call.account.external_id:
            errors.append(partial(_not_yours(call, "media", "media_keys", key), call.dialect))
        else:
            count = _of_video(call, *found, fields)
            data.append({"media_key": key} | _figures(call, found[0], count, span, granularity, fields))
    return json_response({name: value for name, value in {"data": data, "errors": errors}.items() if value})


def _span(call: Call, steps: dict[str, timedelta]) -> tuple[tuple[datetime, datetime], str]:
    query = call.request.query_params
    granularity = query.get("granularity", "total")
    if granularity != "total" and granularity not in steps:
        raise invalid("granularity", granularity, f"The `granularity` is one of [{','.join(steps)},total]")
    start, end = needed(query, "start_time"), needed(query, "end_time")
    if start >= end:
        raise invalid("start_time", query["start_time"], "Invalid 'start_time': it must be before 'end_time'")
    if end > call.world.now():
        raise invalid("end_time", query["end_time"], "Invalid 'end_time': it must not be in the future")
    if end - start > _LONGEST.get(granularity, end - start):
        days = _LONGEST[granularity].days
        raise invalid("start_time", query["start_time"], f"A {granularity} span must not exceed {days} days")
    return (start, end), granularity


def _figures(
    call: Call, seen: Seen, count: Count, span: tuple[datetime, datetime], granularity: str, fields: set[str]
) -> dict[str, Any]:
    """Sums, and beside them their buckets where they are asked for."""
    shown: dict[str, Any] = dict(count(*span))
    if granularity != "total" or "timestamped_metrics" in fields:
        shown["timestamped_metrics"] = [
            {"timestamp": start.strftime("%Y-%m-%dT%H:%M:%SZ"), "metrics": count(start, end)}
            for start, end in _buckets(*span, granularity)
            if end > seen.post.created_at and start < call.world.now()
        ]
    return shown


def _buckets(start: datetime, end: datetime, granularity: str) -> list[tuple[datetime, datetime]]:
    """The spans to sum: cut at whole hours, or at midnights of UTC."""
    if granularity == "total":
        return [(start, end)]
    step, edge = _STEPS[granularity], start.replace(minute=0, second=0, microsecond=0)
    if granularity != "hourly":
        edge = edge.replace(hour=0)
    edges = [start]
    while (edge := edge + step) < end:
        edges.append(edge)
    return list(pairwise([*edges, end]))


def _of_post(call: Call, seen: Seen, metrics: frozenset[str] | set[str]) -> Count:
    def count(start: datetime, end: datetime) -> dict[str, int]:
        counters = call.world.counters_between(seen.post, start, min(end, max(call.world.now(), start)))
        return {name: counters[_COUNTED[name]] for name in sorted(metrics)}

    return count


def _of_video(call: Call, seen: Seen, medium: dict[str, Any], fields: set[str]) -> Count:
    played = _PLAYED if medium["type"] == "video" else {}
    wanted = [name for name in played if name in fields or not fields]
    milliseconds = int(medium.get("duration_ms", 0)) * 0.42

    def count(start: datetime, end: datetime) -> dict[str, int]:
        counters = call.world.counters_between(seen.post, start, min(end, max(call.world.now(), start)))
        views = counters["impressions"] // 3
        shown = {name: int(views * played[name]) for name in wanted}
        if played and ("watch_time_ms" in fields or not fields):
            shown["watch_time_ms"] = int(views * milliseconds)
        return shown

    return count


def _not_yours(call: Call, kind: str, parameter: str, value: str) -> Problem:
    return Problem(
        403,
        "Authorization Error",
        f"Sorry, you are not authorized to see the analytics of [{value}].",
        "not-authorized-for-resource",
        resource_type=kind,
        resource_id=value,
        parameter=parameter,
        value=value,
        section="data",
    )
