"""Figures of the user's own posts over a span, in whole hours, UTC days, weeks, or as one sum."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from starlette.responses import Response

from sandbox.networks.x.asked import chosen, ids, moment
from sandbox.networks.x.errors import Problem, invalid, missing, partial
from sandbox.networks.x.gate import NETWORK, Call
from sandbox.web import json_response
from sandbox.world import Post

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
# X may answer null to these: the world does not count them.
_UNCOUNTED = frozenset(
    "app_install_attempts app_opens detail_expands email_tweet follows hashtag_clicks media_views"
    " permalink_clicks shares unfollows unlikes".split()
)
_FIELDS = frozenset(_COUNTED) | _UNCOUNTED | {"id", "timestamp", "timestamped_metrics"}
_STEPS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(days=7)}


async def analytics(call: Call) -> Response:
    """The figures of up to a hundred own posts; the others are partial errors."""
    query = call.request.query_params
    asked = ids(query)
    start, end = _span(call)
    granularity = query.get("granularity", "total")
    if granularity != "total" and granularity not in _STEPS:
        raise invalid("granularity", granularity, "The `granularity` is one of [hourly,daily,weekly,total]")
    fields = chosen(query, "analytics.fields", _FIELDS)
    data, errors = [], []
    for wanted_id in asked:
        post = call.world.post(NETWORK, wanted_id)
        if post is None or post.deleted_at is not None:
            errors.append(partial(missing(call.dialect.post, "ids", wanted_id), call.dialect))
        elif post.account_id != call.account.external_id:
            errors.append(partial(_not_yours(call, post), call.dialect))
        else:
            data.append(_figures(call, post, _buckets(start, end, granularity), granularity, fields))
    return json_response({name: value for name, value in {"data": data, "errors": errors}.items() if value})


def _span(call: Call) -> tuple[datetime, datetime]:
    query = call.request.query_params
    start, end = moment(query, "start_time"), moment(query, "end_time")
    for name, value in (("start_time", start), ("end_time", end)):
        if value is None:
            raise invalid(name, "", f"The `{name}` query parameter can not be empty")
    if start is None or end is None or start >= end:
        raise invalid("start_time", query["start_time"], "Invalid 'start_time': it must be before 'end_time'")
    return start.astimezone(UTC), end.astimezone(UTC)


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


def _figures(
    call: Call, post: Post, buckets: list[tuple[datetime, datetime]], granularity: str, fields: set[str]
) -> dict[str, Any]:
    """A post's sums, and beside them its buckets where they are asked for."""
    metrics = (fields & (frozenset(_COUNTED) | _UNCOUNTED)) or frozenset(_COUNTED)
    total = _between(call, post, buckets[0][0], buckets[-1][1], metrics)
    shown: dict[str, Any] = {"id": post.external_id}
    shown |= {name: value for name, value in total.items() if value is not None}
    if granularity != "total" or "timestamped_metrics" in fields:
        shown["timestamped_metrics"] = [
            {
                "timestamp": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "metrics": _between(call, post, start, end, metrics),
            }
            for start, end in buckets
            if end > post.created_at and start < call.world.now()
        ]
    return shown


def _between(
    call: Call, post: Post, start: datetime, end: datetime, metrics: set[str] | frozenset[str]
) -> dict[str, int | None]:
    """What a span added; None for what nobody counts."""
    counters = call.world.counters_between(post, start, min(end, max(call.world.now(), start)))
    return {name: counters[_COUNTED[name]] if name in _COUNTED else None for name in sorted(metrics)}


def _not_yours(call: Call, post: Post) -> Problem:
    return Problem(
        403,
        "Authorization Error",
        f"Sorry, you are not authorized to see the analytics of [{post.external_id}].",
        "not-authorized-for-resource",
        resource_type=call.dialect.post,
        resource_id=post.external_id,
        parameter="ids",
        value=post.external_id,
        section="data",
    )
