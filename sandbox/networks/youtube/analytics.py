"""YouTube Analytics: a table of metrics by dimensions, in Pacific days that are complete only some days later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from starlette.responses import Response

from sandbox.networks.youtube.buckets import PACIFIC
from sandbox.networks.youtube.errors import bad
from sandbox.networks.youtube.gate import Call
from sandbox.networks.youtube.listing import shown
from sandbox.networks.youtube.queries import THRESHOLD, Query, midnight, read
from sandbox.networks.youtube.sheets import Sheets
from sandbox.networks.youtube.tables import DIVISIONS, FLOATS, SUBSCRIBERS, by_weight, demographics, divided, viewing
from sandbox.world import Post

Row = list[Any]


class Reports:
    def __init__(self, sheets: Sheets) -> None:
        self._sheets = sheets

    async def query(self, call: Call) -> Response:
        """One report. Without data it has no `rows`."""
        query = read(call)
        rows = _page(query, _sorted(query, self._rows(query)))
        body: dict[str, Any] = {"kind": "youtubeAnalytics#resultTable", "columnHeaders": _headers(query)}
        return shown(call, body | ({"rows": rows} if rows else {}))

    def _rows(self, query: Query) -> list[Row]:
        """The cells of a report, in the order of its headers."""
        if not query.days or (query.filtered and not query.posts):
            return []
        if query.demographic:
            return self._viewers(query)
        if query.item == "video":
            rows = [[post.external_id, *self._cells(query, [post], query.start, query.end)] for post in query.posts]
            return [row for row in rows if any(row[1:])]
        if query.span is None:
            return self._divided(query, query.start, query.end)
        rows = []
        for name, start, end in self._spans(query):
            for row in self._divided(query, start, end):
                place = query.dimensions.index(query.span)
                rows.append([*row[:place], name, *row[place:]])
        return rows

    def _viewers(self, query: Query) -> list[Row]:
        """Shares of viewers; withheld where there are too few."""
        seen = self._totals(query, query.posts, query.start, query.end)["views"]
        if seen < THRESHOLD:
            return []
        return demographics(query.call.world.demographics(query.call.account, query.end), query.dimensions)

    def _divided(self, query: Query, start: datetime, end: datetime) -> list[Row]:
        """A span's figures, divided by what the report is by besides its span."""
        if query.item is None:
            return [self._cells(query, query.posts, start, end)]
        weights: Mapping[str, int]
        if query.item == "country":
            weights = query.call.world.demographics(query.call.account, query.end)["country"]
        else:
            weights = DIVISIONS[query.item][0]
        return by_weight(weights, self._totals(query, query.posts, start, end), query.metrics)

    def _spans(self, query: Query) -> list[tuple[str, datetime, datetime]]:
        """Days since there is something to tell, or the months that are covered from their first to their last day."""
        if query.span == "day":
            born = min((post.created_at for post in query.posts), default=query.end)
            first = born.astimezone(PACIFIC).date() if query.filtered else query.call.account.created_at.date()
            days = (day for day in query.days if day >= first)
            return [(day.isoformat(), midnight(day), midnight(day + timedelta(days=1))) for day in days]
        spans = []
        for first in (day for day in query.days if day.day == 1):
            following = (first + timedelta(days=32)).replace(day=1)
            if following - timedelta(days=1) in query.days:
                spans.append((f"{first:%Y-%m}", midnight(first), midnight(following)))
        return spans

    def _totals(self, query: Query, posts: Sequence[Post], start: datetime, end: datetime) -> dict[str, Any]:
        """Every metric of some videos in a span."""
        found = viewing(query.call.world, posts, start, end, self._sheets.seconds)
        # Nobody subscribes from a single video's page in this world, so those reports count none.
        changed = {"followers_gained": 0, "followers_lost": 0}
        if set(query.metrics) & SUBSCRIBERS and not query.filtered and query.item != "video":
            changed = query.call.world.account_between(query.call.account, start, end)
        found |= {"subscribersGained": changed["followers_gained"], "subscribersLost": changed["followers_lost"]}
        if query.country:
            weights = query.call.world.demographics(query.call.account, query.end)["country"]
            for name, value in found.items():
                if isinstance(value, int) and name != "averageViewDuration":
                    found[name] = divided(value, weights).get(query.country, 0)
        return found

    def _cells(self, query: Query, posts: Sequence[Post], start: datetime, end: datetime) -> Row:
        found = self._totals(query, posts, start, end)
        return [found[metric] for metric in query.metrics]


def _headers(query: Query) -> list[dict[str, str]]:
    columns = [(name, "DIMENSION", "STRING") for name in query.dimensions]
    columns += [(name, "METRIC", "FLOAT" if name in FLOATS else "INTEGER") for name in query.metrics]
    return [{"name": name, "columnType": column, "dataType": data} for name, column, data in columns]


def _sorted(query: Query, rows: list[Row]) -> list[Row]:
    """Rows in the order asked; the last key first, since sorting is stable."""
    names = [*query.dimensions, *query.metrics]
    for key in reversed(query.call.listed("sort")):
        name = key.removeprefix("-")
        if name not in names:
            raise bad("badRequest", f"Unknown identifier ({name}) given in field parameters.sort.")
        rows.sort(key=lambda row: row[names.index(name)], reverse=key.startswith("-"))
    return rows


def _page(query: Query, rows: list[Row]) -> list[Row]:
    start, most = query.call.asked("startIndex") or "1", query.call.asked("maxResults") or str(len(rows) or 1)
    if not start.isdecimal() or not most.isdecimal() or int(start) < 1 or int(most) < 1:
        raise bad("badRequest", "startIndex and maxResults must be positive.")
    return rows[int(start) - 1 :][: int(most)]
