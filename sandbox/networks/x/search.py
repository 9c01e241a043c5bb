"""Search over the last seven days: the posts themselves, and how many there are."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from sandbox.networks.x.asked import instant, moment, unsealed
from sandbox.networks.x.dialect import names
from sandbox.networks.x.errors import invalid
from sandbox.networks.x.gate import Call
from sandbox.networks.x.posts import Seen, everything
from sandbox.networks.x.query import parsed
from sandbox.networks.x.read import bounds, page
from sandbox.web import json_response

_BACK = timedelta(days=7)
_LONGEST = 4096
# X answers of nothing younger than this.
_LAG = timedelta(seconds=10)
_STEPS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


async def recent(call: Call) -> Response:
    """Posts that a query finds, newest first."""
    order = call.request.query_params.get("sort_order", "recency")
    if order not in ("recency", "relevancy"):
        raise invalid("sort_order", order, f"The `sort_order` query parameter value [{order}] is not valid")
    return page(call, _found(call), low=10)


async def counts(call: Call) -> Response:
    """How many posts a query finds, by minute, hour or day."""
    query = call.request.query_params
    granularity = query.get("granularity", "hour")
    if granularity not in _STEPS:
        raise invalid("granularity", granularity, "The `granularity` is one of [minute,hour,day]")
    unsealed(query, "next_token", "pagination_token")
    found = list(filter(bounds(call), _found(call)))
    now = call.world.now()
    start, end = moment(query, "start_time") or now - _BACK, moment(query, "end_time") or now
    data = _counted(found, start, end, _STEPS[granularity], names(query, "count"))
    return json_response({"data": data, "meta": dict.fromkeys(names(query, "total"), len(found))})


def _found(call: Call) -> list[Seen]:
    query = call.request.query_params
    wanted = query.get("query", "")
    if not 0 < len(wanted) <= _LONGEST:
        raise invalid("query", len(wanted), f"The `query` query parameter must have 1 to {_LONGEST} characters")
    now, start = call.world.now(), moment(query, "start_time")
    if start is not None and start < now - _BACK:
        earliest = instant(now - _BACK)
        raise invalid("start_time", query["start_time"], f"'start_time' must be on or after [{earliest}]")
    end = moment(query, "end_time")
    if end is not None and end > now - _LAG:
        raise invalid("end_time", query["end_time"], "'end_time' must be a minimum of 10 seconds prior to the request")
    latest = end or now - _LAG
    if start is not None and start >= latest:
        raise invalid("start_time", query["start_time"], f"'start_time' must be before [{instant(latest)}]")
    matches = parsed(wanted)
    return [one for one in everything(call.world, start or now - _BACK) if matches(one)]


def _counted(
    found: list[Seen], start: datetime, end: datetime, step: timedelta, count: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Buckets cut at whole minutes, hours or midnights of UTC, also those with nothing in them."""
    edge = start.replace(second=0, microsecond=0)
    edge = edge.replace(minute=0) if step >= timedelta(hours=1) else edge
    edge = edge.replace(hour=0) if step >= timedelta(days=1) else edge
    data: list[dict[str, Any]] = []
    while edge < end:
        low, high = max(edge, start), min(edge + step, end)
        inside = sum(low <= one.post.created_at < high for one in found)
        data.append({"start": instant(low), "end": instant(high), **dict.fromkeys(count, inside)})
        edge += step
    return data
