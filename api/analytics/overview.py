"""The overview in one call: everything that `GET /analytics/dashboard` answers, from one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from api.analytics import figures, support
from api.analytics.figures import Measured
from api.analytics.finding import finding
from api.analytics.freshness import Freshness, freshness
from api.analytics.schemas import (
    Dashboard,
    Day,
    Figure,
    Headline,
    HeadlineFigure,
    Network,
    PeriodOut,
    RateFigure,
    Sums,
    Totals,
)
from api.parameters import end, start
from api.posts.schemas import post_out
from clientnest import marts
from clientnest.marts import Period, PostFilter, Row, Selection
from platforms import PLATFORMS

_TOTALS = ("impressions", "likes", "reactions", "comments", "shares", "saves")
_SUMMED = ("posts", "views", "reach", "engagements", "clicks")
_DAY_FIGURES = (*marts.METRICS, "engagements", "followers", "followers_gained", "posts_published")
_TOP = 5


@dataclass(frozen=True, slots=True)
class Material:
    """What is read once and shown several times."""

    now: Measured
    before: Measured
    followers: list[Row]
    fresh: Freshness
    is_now: bool


async def material(session: AsyncSession, period: Period, selection: Selection) -> Material:
    known = await marts.history_starts(session, selection), await marts.coverage(session, selection)
    return Material(
        now=await _measured(session, period, selection, *known),
        before=await _measured(session, period.before, selection, *known),
        followers=await marts.followers(session, selection, period),
        fresh=await freshness(session, selection),
        is_now=period.until >= await marts.newest_day(session),
    )


async def dashboard(session: AsyncSession, period: Period, selection: Selection, timezone: str) -> Dashboard:
    """Raises NotReady before the first modelling."""
    found = await material(session, period, selection)
    days = await marts.account_days(session, period, selection)
    headline = await _headline(session, found, selection)
    shown = networks(found)
    top = await marts.posts(session, _published_in(period, selection), sort="score", limit=_TOP)
    return Dashboard(
        period=period_out(period),
        timezone=timezone,
        headline=headline,
        totals=Totals(**{metric: figures.figure(metric, found.now, found.before, found.fresh) for metric in _TOTALS}),
        networks=shown,
        days=[day_out(row) for row in days],
        top_posts=[post_out(row) for row in top if row["score"] is not None],
        finding=finding(period, headline, shown),
        **found.fresh.summary,
    )


def networks(found: Material) -> list[Network]:
    """Every network with an account, in the order of the list of networks."""
    now = {row["platform"]: row for row in found.now.networks}
    before = {row["platform"]: row for row in found.before.networks}
    known = {row["platform"]: row for row in found.followers}
    return [_network(name, now.get(name), before.get(name), known[name], found) for name in PLATFORMS if name in known]


def period_out(period: Period) -> PeriodOut:
    before = period.before
    return PeriodOut(
        since=period.since,
        until=period.until,
        days=period.days,
        previous_since=before.since,
        previous_until=before.until,
    )


def day_out(row: Row) -> Day:
    """With a status for each of its figures that is null: where nobody looked, not yet."""
    told = row["why_unknown"]
    unknown = [name for name in _DAY_FIGURES if row[name] is None]
    return Day(**{**row, "why_unknown": {name: marts.why(name, told) for name in unknown}})


def _network(name: str, now: Row | None, before: Row | None, followers: Row, found: Material) -> Network:
    sheet = PLATFORMS[name]
    left_out = (
        [gap for metric in marts.METRICS for gap in figures.missing(metric, now, found.now, found.fresh)] if now else []
    )
    return Network(
        **_sums(now),
        platform=name,
        title=sheet.title,
        colors=sheet.colors,
        accounts=followers["accounts"],
        followers=followers["latest" if found.is_now else "followers"],
        followers_previous=followers["previous"],
        previous=Sums(**_sums(before)) if before else None,
        unsupported=support.unsupported(name),
        left_out=left_out,
        observed_at=found.fresh.of(name, "observed_at"),
        settled_to=found.fresh.of(name, "settled_to"),
    )


def _sums(row: Row | None) -> dict[str, Any]:
    return {name: row[name] for name in Sums.model_fields} if row else {"posts": 0}


async def _measured(
    session: AsyncSession, period: Period, selection: Selection, starts: Sequence[Row], coverage: Sequence[Row]
) -> Measured:
    total = await marts.post_sums(session, period, selection, "total")
    by_platform = await marts.post_sums(session, period, selection, "platform")
    unknown = await marts.unknown(session, period, selection)
    return figures.measured(period, total, by_platform, unknown, starts, coverage)


async def _headline(session: AsyncSession, found: Material, selection: Selection) -> Headline:
    period, last = found.now.period, found.fresh.observed_at
    by_day = {row["published_date"]: row for row in await marts.post_sums(session, period, selection, "day")}
    counted = {row["as_of_date"]: row["followers"] for row in await marts.follower_days(session, period, selection)}

    def series(metric: str) -> list[tuple[date, int | float | None]]:
        return [(day, by_day[day][metric] if day in by_day else empty(metric, day)) for day in period.dates]

    def empty(metric: str, day: date) -> int | None:
        """A day without posts is zero where the history covers it, and has no rate."""
        start = found.now.known_from
        observed = start is not None and last is not None and start <= day <= last.date()
        return 0 if observed and metric != "engagement_rate" else None

    def told(metric: str) -> dict[str, Any]:
        return {**_plain(figures.figure(metric, found.now, found.before, found.fresh)), "daily": series(metric)}

    followers = figures.followers(found.followers, found.fresh, is_now=found.is_now)
    return Headline(
        followers=HeadlineFigure(**_plain(followers), daily=[(day, counted.get(day)) for day in period.dates]),
        engagement_rate=RateFigure(
            **told("engagement_rate"), denominators=found.now.total.get("engagement_rate_by") or []
        ),
        **{metric: HeadlineFigure(**told(metric)) for metric in _SUMMED},
    )


def _plain(figure: Figure) -> dict[str, Any]:
    return {name: getattr(figure, name) for name in Figure.model_fields}


def _published_in(period: Period, selection: Selection) -> PostFilter:
    return PostFilter(selection, since=start(period.since), until=end(period.until))
