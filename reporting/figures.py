"""Everything that a periodic report shows, read in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import marts
from clientnest.marts import Cut, Moment, Period, PostFilter, Row, Selection
from platforms import PLATFORMS

PAGE = 1000
WORDS = {
    "unsupported": "not offered",
    "suppressed": "withheld",
    "not_yet": "not observed yet",
    "error": "not observed: asking failed",
}


@dataclass(frozen=True, slots=True)
class Order:
    """All that a report depends on: with the same order it is the same for ever. `brand` and `zone` are the
    workspace's name and time zone as they were, `selection` names the accounts there were."""

    brand: str
    zone: str
    period: Period
    selection: Selection
    moment: Moment


@dataclass(frozen=True, slots=True)
class Figures:
    """`now` and `before` are sums over the posts published in each period, empty where there are none; the
    dictionaries are by network. `observed_at` is the moment that everything is at least as fresh as."""

    order: Order
    observed_at: datetime | None
    now: Row
    before: Row
    networks: dict[str, Row]
    networks_before: dict[str, Row]
    followers: dict[str | None, Row]
    freshness: dict[str, Row]
    days: Sequence[Row]
    days_before: Sequence[Row]
    posts: Sequence[Row]

    @property
    def brand(self) -> str:
        return self.order.brand

    @property
    def zone(self) -> str:
        return self.order.zone

    @property
    def period(self) -> Period:
        return self.order.period

    @property
    def settled_to(self) -> date | None:
        live = [row["settled_to"] for row in self.freshness.values() if row["live"]]
        return None if not live or None in live else min(live)


async def gather(session: AsyncSession, order: Order) -> Figures:
    """The session sees the order's workspace only, and its moment. Raises NotReady before the first modelling."""
    period, chosen = order.period, order.selection
    await marts.hold(session, "accounts", "account_metrics_daily", "posts")
    freshness = {row["platform"]: row for row in await marts.freshness(session, chosen)}
    return Figures(
        order=order,
        observed_at=_observed_at(freshness),
        now=_first(await marts.post_sums(session, period, chosen, "total")),
        before=_first(await marts.post_sums(session, period.before, chosen, "total")),
        networks=_by_platform(await marts.post_sums(session, period, chosen, "platform")),
        networks_before=_by_platform(await marts.post_sums(session, period.before, chosen, "platform")),
        followers={row["platform"]: row for row in await marts.followers(session, chosen, period)},
        freshness=freshness,
        days=await marts.account_days(session, period, chosen),
        days_before=await marts.account_days(session, period.before, chosen),
        posts=await _posts(session, period, chosen),
    )


async def _posts(session: AsyncSession, period: Period, chosen: Selection) -> list[Row]:
    """All posts of the period, the oldest first."""
    wanted = PostFilter(
        chosen,
        since=datetime.combine(period.since, time.min, UTC),
        until=datetime.combine(period.until + timedelta(days=1), time.min, UTC),
    )
    found: list[Row] = []
    after = None
    while True:
        rows = await marts.posts(session, wanted, order="asc", after=after, limit=PAGE)
        found.extend(rows)
        if len(rows) < PAGE:
            return found
        after = Cut(rows[-1]["sort_value"], rows[-1]["post_key"])


def offers(platform: str, metric: str) -> bool:
    """Whether the network has the metric for a post."""
    return PLATFORMS[platform].offers(metric)


def missing(post: Row, metrics: Sequence[str]) -> dict[str, str]:
    """Why each unknown figure of a post is unknown."""
    known = post["why_unknown"]
    if known is None:
        known = {m: "not_yet" if offers(post["platform"], m) else "unsupported" for m in marts.METRICS}
    return {metric: WORDS[marts.why(metric, known)] for metric in metrics if post[metric] is None}


def _observed_at(freshness: dict[str, Row]) -> datetime | None:
    """That of the stalest connected network; where nothing is connected, of the newest file."""
    live = [row["observed_at"] for row in freshness.values() if row["live"] and row["observed_at"]]
    return min(live) if live else max((r["observed_at"] for r in freshness.values() if r["observed_at"]), default=None)


def _first(rows: Sequence[Row]) -> Row:
    return rows[0] if rows and rows[0]["posts"] else {}


def _by_platform(rows: Sequence[Row]) -> dict[str, Row]:
    return {row["platform"]: row for row in rows}
