"""Everything that a periodic report shows, read in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest import marts
from clientnest.marts import Cut, Period, PostFilter, Row, Selection
from clientnest.models import Workspace
from platforms import PLATFORMS

ALL = Selection()
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Figures:
    """`now` and `before` are sums over the posts published in each period, empty where there are none; the
    dictionaries are by network. `observed_at` is the moment that everything is at least as fresh as."""

    brand: str
    zone: str
    period: Period
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
    def settled_to(self) -> date | None:
        live = [row["settled_to"] for row in self.freshness.values() if row["live"]]
        return None if not live or None in live else min(live)


async def gather(session: AsyncSession, workspace: Workspace, period: Period) -> Figures:
    """The session sees this workspace only. Raises NotReady before the first modelling."""
    freshness = {row["platform"]: row for row in await marts.freshness(session, ALL)}
    return Figures(
        brand=workspace.name,
        zone=workspace.timezone,
        period=period,
        observed_at=_observed_at(freshness),
        now=_first(await marts.post_sums(session, period, ALL, "total")),
        before=_first(await marts.post_sums(session, period.before, ALL, "total")),
        networks=_by_platform(await marts.post_sums(session, period, ALL, "platform")),
        networks_before=_by_platform(await marts.post_sums(session, period.before, ALL, "platform")),
        followers={row["platform"]: row for row in await marts.followers(session, ALL, period)},
        freshness=freshness,
        days=await marts.account_days(session, period, ALL),
        days_before=await marts.account_days(session, period.before, ALL),
        posts=await _posts(session, period),
    )


async def _posts(session: AsyncSession, period: Period) -> list[Row]:
    """All posts of the period, the oldest first."""
    wanted = PostFilter(
        ALL,
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
    return {
        metric: "not observed yet" if offers(post["platform"], metric) else "not offered"
        for metric in metrics
        if post[metric] is None
    }


def _observed_at(freshness: dict[str, Row]) -> datetime | None:
    """That of the stalest connected network; where nothing is connected, of the newest file."""
    live = [row["observed_at"] for row in freshness.values() if row["live"] and row["observed_at"]]
    return min(live) if live else max((r["observed_at"] for r in freshness.values() if r["observed_at"]), default=None)


def _first(rows: Sequence[Row]) -> Row:
    return rows[0] if rows and rows[0]["posts"] else {}


def _by_platform(rows: Sequence[Row]) -> dict[str, Row]:
    return {row["platform"]: row for row in rows}
