"""YouTube Analytics: a table of metrics by dimensions, in Pacific days that are complete only some days later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from starlette.responses import Response

from sandbox.networks.youtube.errors import Refusal, unsupported_query
from sandbox.networks.youtube.gate import NETWORK, PACIFIC, Call
from sandbox.networks.youtube.tables import SUBSCRIBERS, VIEWING, by_country, demographics, viewing
from sandbox.web import json_response
from sandbox.world import Post

# A day is told once this much time has passed since its end.
LATE = timedelta(days=2)
_MOST_VIDEOS, _MOST_FILTERED = 200, 500
_DEMOGRAPHIC = frozenset({"ageGroup", "gender"})
Row = list[Any]


@dataclass(frozen=True)
class Query:
    """What is asked, read and checked."""

    call: Call
    start: datetime
    end: datetime
    days: tuple[date, ...]
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    posts: tuple[Post, ...]
    filtered: bool


async def reports(call: Call) -> Response:
    """One report. Without data it has no `rows`."""
    query = _read(call)
    rows = _page(query, _sorted(query, _rows(query)))
    body: dict[str, Any] = {"kind": "youtubeAnalytics#resultTable", "columnHeaders": _headers(query)}
    return json_response(body | ({"rows": rows} if rows else {}))


def _read(call: Call) -> Query:
    """Read and check a request. Raises Refusal."""
    asked = call.request.query_params
    if asked.get("ids") not in ("channel==MINE", f"channel=={call.account.external_id}"):
        raise Refusal(403, "forbidden", "Forbidden")
    first, last = _day(asked.get("startDate"), "startDate"), _day(asked.get("endDate"), "endDate")
    if last < first:
        raise _bad("endDate must not be before startDate.")
    settled = (call.world.now() - LATE).astimezone(PACIFIC).date() - timedelta(days=1)
    last = min(last, settled)
    days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    metrics = tuple(call.listed("metrics"))
    if not metrics:
        raise _bad("Required parameter: metrics")
    for metric in metrics:
        if metric not in VIEWING and metric not in SUBSCRIBERS and metric != "viewerPercentage":
            raise _bad(f"Unknown identifier ({metric}) given in field parameters.metrics.")
    wanted = _filter(asked.get("filters"))
    posts = tuple(
        post
        for post in call.world.posts(NETWORK, call.account.external_id)
        if wanted is None or post.external_id in wanted
    )
    dimensions = tuple(call.listed("dimensions"))
    query = Query(
        call, midnight(first), midnight(last + timedelta(days=1)), days, dimensions, metrics, posts, wanted is not None
    )
    _check(query)
    return query


def _check(query: Query) -> None:
    """Refuse what is no report."""
    demographic = bool(query.dimensions) and set(query.dimensions) <= _DEMOGRAPHIC
    if demographic != (query.metrics == ("viewerPercentage",)):
        raise unsupported_query()
    if demographic:
        return
    if query.dimensions not in ((), ("day",), ("month",), ("video",), ("country",)):
        raise unsupported_query()
    asked = query.call.request.query_params
    if query.dimensions == ("video",):
        most = asked.get("maxResults", "")
        if not asked.get("sort") or not most.isdecimal() or not 1 <= int(most) <= _MOST_VIDEOS:
            raise unsupported_query()
    if set(query.metrics) & SUBSCRIBERS and query.dimensions == ("country",):
        raise unsupported_query()


def _rows(query: Query) -> list[Row]:
    """The cells of a report, dimensions first."""
    if not query.days or (query.filtered and not query.posts):
        return []
    world, account = query.call.world, query.call.account
    match query.dimensions:
        case ():
            return [_cells(query, query.posts, query.start, query.end)]
        case ("day",):
            born = min((post.created_at for post in query.posts), default=query.end)
            first = born.astimezone(PACIFIC).date() if query.filtered else account.created_at.date()
            return [
                [day.isoformat(), *_cells(query, query.posts, midnight(day), midnight(day + timedelta(days=1)))]
                for day in query.days
                if day >= first
            ]
        case ("month",):
            return _by_month(query)
        case ("video",):
            rows = [[post.external_id, *_cells(query, [post], query.start, query.end)] for post in query.posts]
            return [row for row in rows if any(row[1:])]
        case ("country",):
            totals = viewing(world, query.posts, query.start, query.end)
            return by_country(world.demographics(account, query.end)["country"], totals, query.metrics)
    return demographics(world.demographics(account, query.end), query.dimensions)


def _by_month(query: Query) -> list[Row]:
    """Only months that the span covers from their first to their last day."""
    rows = []
    for first in (day for day in query.days if day.day == 1):
        following = (first + timedelta(days=32)).replace(day=1)
        if following - timedelta(days=1) in query.days:
            rows.append([f"{first:%Y-%m}", *_cells(query, query.posts, midnight(first), midnight(following))])
    return rows


def _cells(query: Query, posts: Sequence[Post], start: datetime, end: datetime) -> Row:
    """The metrics asked for of some videos in a span, in the order asked."""
    found: dict[str, Any] = viewing(query.call.world, posts, start, end)
    if set(query.metrics) & SUBSCRIBERS:
        # Nobody subscribes from a single video's page in this world, so those reports count none.
        changed = {"followers_gained": 0, "followers_lost": 0}
        if not query.filtered and query.dimensions != ("video",):
            changed = query.call.world.account_between(query.call.account, start, end)
        found |= {"subscribersGained": changed["followers_gained"], "subscribersLost": changed["followers_lost"]}
    return [found[metric] for metric in query.metrics]


def _headers(query: Query) -> list[dict[str, str]]:
    columns = [(name, "DIMENSION", "STRING") for name in query.dimensions]
    floats = {"viewerPercentage", "averageViewPercentage"}
    columns += [(name, "METRIC", "FLOAT" if name in floats else "INTEGER") for name in query.metrics]
    return [{"name": name, "columnType": column, "dataType": data} for name, column, data in columns]


def _sorted(query: Query, rows: list[Row]) -> list[Row]:
    """Rows in the order asked; the last key first, since sorting is stable."""
    names = [*query.dimensions, *query.metrics]
    for key in reversed(query.call.listed("sort")):
        name = key.removeprefix("-")
        if name not in names:
            raise _bad(f"Unknown identifier ({name}) given in field parameters.sort.")
        rows.sort(key=lambda row: row[names.index(name)], reverse=key.startswith("-"))
    return rows


def _page(query: Query, rows: list[Row]) -> list[Row]:
    asked = query.call.request.query_params
    start, most = asked.get("startIndex", "1"), asked.get("maxResults", str(len(rows) or 1))
    if not start.isdecimal() or not most.isdecimal() or int(start) < 1 or int(most) < 1:
        raise _bad("startIndex and maxResults must be positive.")
    return rows[int(start) - 1 :][: int(most)]


def _filter(filters: str | None) -> set[str] | None:
    """The videos of a filter; None for none. Raises Refusal."""
    if not filters:
        return None
    name, equals, values = filters.partition("==")
    wanted = {value for value in values.split(",") if value}
    if name != "video" or not equals or ";" in values or not 1 <= len(wanted) <= _MOST_FILTERED:
        raise unsupported_query()
    return wanted


def midnight(day: date) -> datetime:
    """The beginning of a Pacific day, in UTC."""
    return datetime.combine(day, time(), PACIFIC).astimezone(UTC)


def _day(value: str | None, name: str) -> date:
    try:
        if value is not None and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError as error:
        raise _bad(f"Invalid value '{value}' for {name}. Values must match YYYY-MM-DD.") from error
    raise _bad(f"Invalid value '{value}' for {name}. Values must match YYYY-MM-DD.")


def _bad(message: str) -> Refusal:
    return Refusal(400, "badRequest", message)
