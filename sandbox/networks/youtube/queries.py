"""What is asked of YouTube Analytics, read and checked: only some dimensions, metrics and filters make a report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sandbox.networks.youtube import groups
from sandbox.networks.youtube.buckets import NETWORK, PACIFIC
from sandbox.networks.youtube.errors import Refusal, bad, forbidden, unsupported_query
from sandbox.networks.youtube.gate import SCOPE, Call
from sandbox.networks.youtube.tables import DIVISIONS, SUBSCRIBERS, VIEWING
from sandbox.world import Post

# A day is told once this much time has passed since its end.
LATE = timedelta(days=2)
DEMOGRAPHIC = frozenset({"ageGroup", "gender"})
SPANS = frozenset({"day", "month"})
MONETARY = frozenset(
    "estimatedRevenue estimatedAdRevenue estimatedRedPartnerRevenue grossRevenue cpm playbackBasedCpm adImpressions"
    " monetizedPlaybacks".split()
)
_MOST_VIDEOS, _MOST_FILTERED = 200, 500
# Figures of so few viewers are withheld.
THRESHOLD = 100


@dataclass(frozen=True)
class Query:
    """`start` and `end` are the midnights around `days`, UTC; `country` divides what there is."""

    call: Call
    start: datetime
    end: datetime
    days: tuple[date, ...]
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    posts: tuple[Post, ...]
    filtered: bool
    country: str | None

    @property
    def span(self) -> str | None:
        """`day` or `month`, where that is asked for."""
        return next((name for name in self.dimensions if name in SPANS), None)

    @property
    def item(self) -> str | None:
        """What else the report is by."""
        return next((name for name in self.dimensions if name not in SPANS), None)

    @property
    def demographic(self) -> bool:
        return bool(self.dimensions) and set(self.dimensions) <= DEMOGRAPHIC


def read(call: Call) -> Query:
    """Read and check a request. Raises Refusal."""
    if call.asked("ids") not in ("channel==MINE", "channel==mine", f"channel=={call.account.external_id}"):
        raise Refusal(403, "forbidden", "Forbidden")
    first, last = _day(call, "startDate"), _day(call, "endDate")
    if last < first:
        raise bad("badRequest", "endDate must not be before startDate.")
    settled = (call.now - LATE).astimezone(PACIFIC).date() - timedelta(days=1)
    last = min(last, settled)
    days = tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
    filters = _filters(call.asked("filters") or "")
    wanted = _videos(call, filters)
    posts = tuple(
        post
        for post in call.world.posts(NETWORK, call.account.external_id)
        if wanted is None or post.external_id in wanted
    )
    query = Query(
        call=call,
        start=midnight(first),
        end=midnight(last + timedelta(days=1)),
        days=days,
        dimensions=tuple(call.listed("dimensions")),
        metrics=_metrics(call),
        posts=posts,
        filtered=wanted is not None,
        country=filters.get("country"),
    )
    _check(query)
    return query


def midnight(day: date) -> datetime:
    """The beginning of a Pacific day, in UTC."""
    return datetime.combine(day, time(), PACIFIC).astimezone(UTC)


def _metrics(call: Call) -> tuple[str, ...]:
    metrics = tuple(call.listed("metrics"))
    if not metrics:
        raise bad("badRequest", "Required parameter: metrics")
    ended = {planted.get("metric") for planted in call.world.planted("metric_dies", NETWORK)}
    for metric in metrics:
        known = metric in VIEWING | SUBSCRIBERS | MONETARY or metric == "viewerPercentage"
        if not known or metric in ended:
            raise bad("badRequest", f"Unknown identifier ({metric}) given in field parameters.metrics.")
    if set(metrics) & MONETARY:
        if f"{SCOPE}yt-analytics-monetary.readonly" not in call.grant.scopes:
            raise Refusal(403, "insufficientPermissions", "Insufficient permission to access this report.")
        raise forbidden("The channel is not in the YouTube Partner Program.")
    if not re.fullmatch("[A-Z]{3}", call.asked("currency") or "USD"):
        raise bad("badRequest", "Unknown currency.")
    return metrics


def _check(query: Query) -> None:
    """Refuse what is no report. Raises Refusal."""
    for name in query.dimensions:
        if name not in SPANS | DEMOGRAPHIC | set(DIVISIONS) | {"video", "country"}:
            raise bad("badRequest", f"Unknown identifier ({name}) given in field parameters.dimensions.")
    if query.demographic != (query.metrics == ("viewerPercentage",)):
        raise unsupported_query()
    if query.demographic:
        return
    spans = sum(name in SPANS for name in query.dimensions)
    divided = query.item in DIVISIONS
    if len(set(query.dimensions)) - spans > 1 or spans > 1 or set(query.dimensions) & DEMOGRAPHIC:
        raise unsupported_query()
    # Days of each video, or of each country, are no report of YouTube's.
    if spans and query.item is not None and not divided:
        raise unsupported_query()
    if divided and not set(query.metrics) <= DIVISIONS[query.item or ""][1]:
        raise unsupported_query()
    if query.country and (query.item == "country" or set(query.metrics) & SUBSCRIBERS):
        raise unsupported_query()
    if query.item == "video":
        most = query.call.asked("maxResults") or ""
        if not query.call.asked("sort") or not most.isdecimal() or not 1 <= int(most) <= _MOST_VIDEOS:
            raise unsupported_query()


def _filters(asked: str) -> dict[str, str]:
    """Filters by name: `video==a,b;country==NO`. Raises Refusal."""
    found: dict[str, str] = {}
    for one in filter(None, asked.split(";")):
        name, equals, values = one.partition("==")
        if name not in ("video", "group", "country") or not equals or not values or name in found:
            raise unsupported_query()
        found[name] = values
    return found


def _videos(call: Call, filters: dict[str, str]) -> set[str] | None:
    """The videos that filters leave; None for all. Raises Refusal."""
    if {"video", "group"} <= filters.keys() or not re.fullmatch("[A-Z]{2}", filters.get("country", "NO")):
        raise unsupported_query()
    if "group" in filters:
        return groups.videos(call, filters["group"])
    if "video" not in filters:
        return None
    wanted = {value for value in filters["video"].split(",") if value}
    if not 1 <= len(wanted) <= _MOST_FILTERED:
        raise unsupported_query()
    return wanted


def _day(call: Call, name: str) -> date:
    value = call.asked(name)
    try:
        if value is not None and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError as error:
        raise bad("badRequest", f"Invalid value '{value}' for {name}. Values must match YYYY-MM-DD.") from error
    raise bad("badRequest", f"Invalid value '{value}' for {name}. Values must match YYYY-MM-DD.")
