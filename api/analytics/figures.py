"""Rows of sums to figures: a value with its status, its comparison, its freshness and what it leaves out.

Pure: nothing here reads a database. No figure is computed here; each comes as it is from SQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.analytics import support
from api.analytics.freshness import Freshness
from api.analytics.schemas import Figure, LeftOut, Status
from clientnest.marts import Period, Row
from platforms import PLATFORMS


@dataclass(frozen=True, slots=True)
class Measured:
    """The posts of one period: in all and by network. `total` is empty where no post is known.

    `known_from` is the day of the first known post of all, None where there is none; `platforms` are those with an
    account.
    """

    period: Period
    total: Mapping[str, Any]
    networks: Sequence[Row]
    known_from: date | None
    platforms: Sequence[str]

    @property
    def covered(self) -> bool:
        """Whether the history reaches back far enough for "no posts" to mean zero."""
        return self.known_from is not None and self.known_from <= self.period.since

    def value(self, metric: str) -> int | float | None:
        if self.total:
            found: int | float | None = self.total[metric]
            return found
        countable = metric == "posts" or any(support.offers(platform, metric) for platform in self.platforms)
        return 0 if self.covered and countable and metric != "engagement_rate" else None


def measured(period: Period, total: Sequence[Row], networks: Sequence[Row], starts: Sequence[Row]) -> Measured:
    """`starts` are the rows of `marts.history_starts`."""
    dates: list[date] = [row["first_date"] for row in starts if row["first_date"] is not None]
    has_posts = bool(total) and total[0]["posts"] > 0
    return Measured(
        period, total[0] if has_posts else {}, networks, min(dates, default=None), [row["platform"] for row in starts]
    )


def figure(metric: str, now: Measured, before: Measured, fresh: Freshness) -> Figure:
    """A metric of the posts published in the period."""
    left_out = [found for row in now.networks for found in missing(metric, row, fresh)]
    if not now.networks and metric != "posts":
        left_out = [_no_offer(platform, metric) for platform in now.platforms if not support.offers(platform, metric)]
    inside = [row["platform"] for row in now.networks if row[f"{metric}_known"]]
    value = now.value(metric)
    return Figure(
        value=value,
        status="observed" if value is not None else status_of(left_out),
        previous=before.value(metric),
        observed_at=oldest(inside, fresh),
        settled=fresh.settled(inside, now.period.until),
        left_out=left_out,
    )


def missing(metric: str, row: Row, fresh: Freshness) -> list[LeftOut]:
    """What a total leaves out of a network: nothing, some of its posts, or all of it, and why."""
    platform, known, posts = row["platform"], row[f"{metric}_known"], row["posts"]
    title = PLATFORMS[platform].title
    if known == posts:
        return []
    if known:
        reason = f"{title}: {posts - known:,} of {posts:,} posts have no {support.word(metric)}"
        return [LeftOut(platform=platform, status="not_yet", reason=reason)]
    if not support.offers(platform, metric):
        return [_no_offer(platform, metric)]
    if not fresh.of(platform, "live"):
        reason = f"The files of {title} hold no {support.word(metric)}"
        return [LeftOut(platform=platform, status="unsupported", reason=reason)]
    if fresh.of(platform, "failing"):
        return [LeftOut(platform=platform, status="error", reason=f"{title} could not be observed last time")]
    return [LeftOut(platform=platform, status="not_yet", reason=f"{title}: {support.word(metric)} not observed yet")]


def _no_offer(platform: str, metric: str) -> LeftOut:
    return LeftOut(platform=platform, status="unsupported", reason=support.no_offer(platform, metric))


def status_of(left_out: Sequence[LeftOut]) -> Status:
    """Why there is no value at all: the reason that may still change comes first."""
    reasons = {found.status for found in left_out}
    order: tuple[Status, ...] = ("error", "not_yet", "suppressed", "unsupported")
    return next((status for status in order if status in reasons), "not_yet")


def followers(rows: Sequence[Row], fresh: Freshness, *, is_now: bool) -> Figure:
    """Followers of all accounts at the end of the period. `rows` are those of `marts.followers`, summed by network
    and, under platform None, in all; `is_now` takes the newest number, whatever its day."""
    networks = [row for row in rows if row["platform"] is not None]
    total = next((row for row in rows if row["platform"] is None), None)
    left_out = [found for row in networks for found in _unfollowed(row, fresh)]
    value = total["latest" if is_now else "followers"] if total else None
    return Figure(
        value=value,
        status="observed" if value is not None else status_of(left_out),
        previous=total["previous"] if total else None,
        observed_at=oldest([row["platform"] for row in networks if row["accounts_known"]], fresh),
        settled=True,
        left_out=left_out,
    )


def _unfollowed(row: Row, fresh: Freshness) -> list[LeftOut]:
    platform = row["platform"]
    title = PLATFORMS[platform].title
    if row["accounts_known"]:
        return []
    if not fresh.of(platform, "live"):
        return [LeftOut(platform=platform, status="unsupported", reason=f"The files of {title} hold no followers")]
    return [LeftOut(platform=platform, status="not_yet", reason=f"{title}: followers not observed yet")]


def oldest(platforms: Sequence[str], fresh: Freshness) -> Any:
    """What all of these networks are at least as fresh as."""
    moments = [fresh.of(platform, "observed_at") for platform in platforms]
    return min((moment for moment in moments if moment), default=None)
