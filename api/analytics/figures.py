"""Rows of sums to figures: a value with its status, its comparison, its freshness and what it leaves out.

Pure: nothing here reads a database. No figure is computed here; each comes as it is from SQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.analytics import support
from api.analytics.freshness import Freshness
from api.analytics.schemas import Figure, LeftOut
from clientnest import marts
from clientnest.marts import Period, Row, Status
from platforms import PLATFORMS

_OF_SOME = {
    "error": ", since asking failed last time",
    "not_yet": "",
    "suppressed": ": the network withholds it",
    "unsupported": ": not offered for them",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """The posts of one period: in all and by network. `total` is empty where no post is known.

    `starts` has the day of the first known post of every network with an account, None where there is none;
    `unknown` counts the posts that lack a metric, by network, metric and status; `told_from` has the day from which
    a network's metric is known.
    """

    period: Period
    total: Mapping[str, Any]
    networks: Sequence[Row]
    starts: Mapping[str, date | None]
    unknown: Mapping[tuple[str, str], Mapping[Status, int]]
    told_from: Mapping[tuple[str, str], date]

    @property
    def platforms(self) -> Sequence[str]:
        return list(self.starts)

    @property
    def known_from(self) -> date | None:
        """The day of the first known post of all."""
        return min((day for day in self.starts.values() if day is not None), default=None)

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

    def telling(self, metric: str) -> set[str]:
        """Networks that have told the metric of a post."""
        return {row["platform"] for row in self.networks if row[f"{metric}_known"]}

    def silent(self, metric: str) -> set[str]:
        """Networks with posts that have told it of none."""
        return {row["platform"] for row in self.networks} - self.telling(metric)

    def reasons(self, platform: str, metric: str, lacking: int) -> dict[Status, int]:
        """The `lacking` posts of a network that have no such figure, by status."""
        if metric not in marts.PARTS:
            return dict(self.unknown.get((platform, metric), {})) or {"not_yet": lacking}
        statuses = {status for part in marts.PARTS[metric] for status in self.unknown.get((platform, part), {})}
        return {marts.soonest(statuses): lacking}


def measured(
    period: Period,
    total: Sequence[Row],
    networks: Sequence[Row],
    unknown: Sequence[Row],
    starts: Sequence[Row],
    coverage: Sequence[Row],
) -> Measured:
    """All of them rows of `marts`: post_sums in all and by network, unknown, history_starts, coverage."""
    counted: dict[tuple[str, str], dict[Status, int]] = {}
    for row in unknown:
        counted.setdefault((row["platform"], row["metric"]), {})[row["status"]] = row["posts"]
    has_posts = bool(total) and total[0]["posts"] > 0
    first = {row["platform"]: row["first_date"] for row in starts}
    told_from = {(row["platform"], row["metric"]): row["first_date"] for row in coverage}
    return Measured(period, total[0] if has_posts else {}, networks, first, counted, told_from)


def figure(metric: str, now: Measured, before: Measured, fresh: Freshness) -> Figure:
    """A metric of the posts published in the period."""
    left_out = [found for row in now.networks for found in missing(metric, row, now, fresh)]
    if not now.networks and metric != "posts":
        left_out = [_no_offer(platform, metric) for platform in now.platforms if not support.offers(platform, metric)]
    inside = [row["platform"] for row in now.networks if row[f"{metric}_known"]]
    value = now.value(metric)
    reason = nothing_before(metric, now, before)
    return Figure(
        value=value,
        status="observed" if value is not None else status_of(left_out),
        previous=None if reason else before.value(metric),
        previous_reason=reason,
        observed_at=oldest(inside, fresh),
        settled=fresh.settled(inside, now.period.until),
        left_out=left_out,
    )


def nothing_before(metric: str, now: Measured, before: Measured) -> str | None:
    """Why the period before cannot be compared with: it is not covered, or other networks told the metric then."""
    told = "engagements" if metric == "engagement_rate" else metric
    starts = {name: before.told_from.get((name, told), day) for name, day in before.starts.items()}
    late = {name: day for name, day in starts.items() if day and before.period.since < day <= now.period.until}
    if late:
        days = ", ".join(f"{PLATFORMS[name].title} on {day.day} {day:%b %Y}" for name, day in late.items())
        return f"Not available: what is known begins within the days compared ({days})"
    if before.value(metric) is None:
        return f"Not available: no {support.word(metric)} known of the days before"
    if metric == "posts":
        return None
    uneven = now.telling(metric) & before.silent(metric) | now.silent(metric) & before.telling(metric)
    if uneven:
        titles = ", ".join(PLATFORMS[name].title for name in PLATFORMS if name in uneven)
        return f"Not available: {titles} told {support.word(metric)} in one of the two periods only"
    return None


def missing(metric: str, row: Row, now: Measured, fresh: Freshness) -> list[LeftOut]:
    """What a total leaves out of a network: nothing, some of its posts, or all of it, and why."""
    platform, known, posts = row["platform"], row[f"{metric}_known"], row["posts"]
    if known == posts:
        return []
    reasons = now.reasons(platform, metric, posts - known)
    return [
        LeftOut(platform=platform, status=status, reason=_words(metric, row, status, reasons, fresh))
        for status in marts.STATUSES
        if status in reasons
    ]


def _words(metric: str, row: Row, status: Status, reasons: Mapping[Status, int], fresh: Freshness) -> str:
    platform, posts = row["platform"], row["posts"]
    title, word = PLATFORMS[platform].title, support.word(metric)
    if row[f"{metric}_known"] or len(reasons) > 1:
        return f"{title}: {reasons[status]:,} of {posts:,} posts have no {word}{_OF_SOME[status]}"
    if status == "unsupported" and not support.offers(platform, metric):
        return support.no_offer(platform, metric)
    if not fresh.of(platform, "live"):
        return f"The files of {title} hold no {word}"
    return {
        "error": f"{title} could not be observed last time",
        "not_yet": f"{title}: {word} not observed yet",
        "suppressed": f"{title} withholds {word} of these posts",
        "unsupported": f"{title} offers no {word} for these posts",
    }[status]


def _no_offer(platform: str, metric: str) -> LeftOut:
    return LeftOut(platform=platform, status="unsupported", reason=support.no_offer(platform, metric))


def status_of(left_out: Sequence[LeftOut]) -> Status:
    """Why there is no value at all."""
    return marts.soonest({found.status for found in left_out})


def followers(rows: Sequence[Row], fresh: Freshness, *, is_now: bool) -> Figure:
    """Followers of all accounts at the end of the period. `rows` are those of `marts.followers`, summed by network
    and, under platform None, in all; `is_now` takes the newest number, whatever its day."""
    networks = [row for row in rows if row["platform"] is not None]
    total = next((row for row in rows if row["platform"] is None), None)
    left_out = [found for row in networks for found in _unfollowed(row, fresh)]
    value = total["latest" if is_now else "followers"] if total else None
    previous = total["previous"] if total else None
    return Figure(
        value=value,
        status="observed" if value is not None else status_of(left_out),
        previous=previous,
        previous_reason=None if previous is not None else "Not available: not all were counted before these days",
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
