"""The marts of a world held against what its networks showed, figure by figure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from platforms import PLATFORMS
from tests.warehouse import served
from tests.warehouse.reading import rows
from tests.warehouse.world import FIGURES, LOOK_BACK, METRICS, Post, World

# Networks that count a post's days themselves: where a day begins, and our name and the ledger's of what they count.
_DAYS = {
    "x": (ZoneInfo("UTC"), {name: name for name in ("impressions", "likes", "comments", "saves", "clicks")}),
    "youtube": (ZoneInfo("America/Los_Angeles"), {name: name for name in ("views", "likes", "comments", "shares")}),
}
# What a network that never tells a metric is called, and one that was told and is no more.
_NEVER, _WITHHELD, _NOT_ASKED, _FAILED = {"unsupported"}, {"suppressed"}, {"not_yet"}, {"error"}
_GONE = {"unsupported", "error", "suppressed"}


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that differs from the ledger: what of which network, what kind of answer it was to have and has."""

    network: str
    figure: str
    wanted: str
    found: str
    words: str


@dataclass(slots=True)
class Checked:
    """How many figures were held against the ledger, and which differ."""

    figures: int = 0
    wrong: list[Wrong] = field(default_factory=list)

    def same(self, network: str, figure: str, what: str, found: object, wanted: object) -> None:
        """Hold `figure` of a network against the ledger; `what` says in words which one it is."""
        self.figures += 1
        if found != wanted:
            said = f"{what} is {found!r} and was shown as {wanted!r}"
            self.wrong.append(Wrong(network, figure, _kind(wanted), _kind(found), said))

    def lacks(self, network: str, figure: str, words: str, wanted: str = "known", found: str = "unknown") -> None:
        self.wrong.append(Wrong(network, figure, wanted, found, words))


def _kind(value: object) -> str:
    """A status is itself; of figures only whether they are known."""
    if isinstance(value, str):
        return value
    return "unknown" if value is None else "known"


def all_of(world: World) -> Checked:
    """Every check, after a build that saw everything that was read."""
    checked = Checked()
    checks: tuple[Callable[[World, Checked], None], ...] = (
        _posts, _lifetime, _sums_of_days, _days_of_networks, _followers, _deleted, _changes, _bridge, served.check,
    )  # fmt: skip
    for check in checks:
        check(world, checked)
    return checked


def _of(world: World, table: str) -> Iterator[tuple[Post, dict[str, Any]]]:
    """The rows of a mart about posts, by network and external id."""
    query = (
        f"select * from marts.{table} join (select post_key, external_id as id_ from marts.posts) p using (post_key)"
    )
    for row in rows(f"{query} where workspace_id = %s", world.place.workspace_id):
        yield (row["platform"], row["id_"]), row


def _posts(world: World, checked: Checked) -> None:
    """The newest figures are those of the last reading, and each that is unknown says why."""
    found = dict(_of(world, "posts"))
    for post in world.shown.keys() - found.keys():
        checked.lacks(post[0], "post", f"{post} was read and is in no mart")
    for post, row in found.items():
        shown = world.shown.get(post)
        for name in METRICS:
            what = f"{name} of {' '.join(post)}"
            checked.same(post[0], name, what, row[name], shown[-1].figures[name] if shown else None)
            why = row["why_unknown"].get(name)
            if row[name] is not None:
                checked.same(post[0], f"why no {name}", f"why {what} is unknown", why, None)
            elif why not in (expected := reasons(world, post, name)):
                wanted = " or ".join(sorted(expected))
                checked.lacks(post[0], name, f"{what} is unknown since {why}, not {wanted}", wanted, str(why))


def reasons(world: World, post: Post, metric: str) -> set[str]:
    """Why a figure of a post may be unknown."""
    network = post[0]
    if metric not in FIGURES[network]:
        return _NEVER
    if (network, metric) in world.dead:
        return _GONE
    if post not in world.shown:
        # One that was too old when it was first listed is never asked for.
        return _FAILED if network in world.revoked else _NOT_ASKED | _NEVER
    # What nobody did with a post is left out; while the network still corrects the post, it may yet come. The days of
    # a post from before we looked are never told.
    published = datetime.fromisoformat(world.posts[post]["created_at"])
    lag = timedelta(days=max(resource.settles_after_days for resource in PLATFORMS[network].resources))
    is_young = world.shown[post][-1].at < published + lag
    return _NOT_ASKED if is_young else _NOT_ASKED | _WITHHELD if network == "x" else _WITHHELD


def _lifetime(world: World, checked: Checked) -> None:
    """The state after every reading that there ever was is what that reading was shown."""
    states: dict[Post, list[dict[str, Any]]] = {}
    for post, row in _of(world, "post_lifetime"):
        states.setdefault(post, []).append(row)
    for post, shown in world.shown.items():
        told = sorted(states.get(post, []), key=lambda row: row["observed_at"])
        for reading in shown:
            until = reading.at + timedelta(minutes=1)
            state = next((row for row in reversed(told) if row["observed_at"] < until), None)
            for name in METRICS:
                what = f"{name} of {' '.join(post)} as read at {reading.at:%Y-%m-%d %H:%M}"
                figure = f"{name} as read then"
                checked.same(post[0], figure, what, state[name] if state else None, reading.figures[name])


def _sums_of_days(world: World, checked: Checked) -> None:
    """Where days are differences, all of them together are the lifetime figure."""
    sums: dict[Post, dict[str, int]] = {}
    for post, row in _of(world, "post_metrics_daily"):
        if row["basis"] == "daily":
            continue
        summed = sums.setdefault(post, {})
        for name in METRICS:
            if row[name] is not None:
                summed[name] = summed.get(name, 0) + row[name]
    for post, summed in sums.items():
        if post[0] not in _DAYS:
            for name in METRICS:
                what = f"the sum of the days of {name} of {' '.join(post)}"
                shown = world.shown[post][-1].figures[name]
                checked.same(post[0], f"days of {name}", what, summed.get(name), shown)


def _days_of_networks(world: World, checked: Checked) -> None:
    """A day that a network counts itself is what happened between its midnights, once it was read after its end."""
    touched = {(one["network"], one.get("post")) for one in world.planted}
    for post, row in _of(world, "post_metrics_daily"):
        network = post[0]
        if row["basis"] != "daily" or post in touched:
            continue
        zone, counted = _DAYS[network]
        start, end = _midnight(row["as_of_date"], zone), _midnight(row["as_of_date"] + timedelta(days=1), zone)
        last = world.shown[post][-1].at
        if end + LOOK_BACK > last:
            continue
        before, after = world.own(network, start), world.own(network, end)
        for name, counter in counted.items():
            happened = after[post[1]]["counters"][counter]
            if post[1] in before:
                happened -= before[post[1]]["counters"][counter]
            what = f"{name} of {' '.join(post)} on {row['as_of_date']}"
            checked.same(network, f"{name} on a day", what, row[name], happened)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def _followers(world: World, checked: Checked) -> None:
    """An account's followers now, and on every day that somebody looked; unknown on all others."""
    accounts = rows("select platform, followers from marts.accounts where workspace_id = %s", world.place.workspace_id)
    for row in accounts:
        network = row["platform"]
        shown = world.followers[network][-1][1]
        checked.same(network, "followers", f"followers at {network}", row["followers"], shown)
    query = "select platform, as_of_date, followers from marts.account_metrics_daily where workspace_id = %s"
    for row in rows(query, world.place.workspace_id):
        network = row["platform"]
        if network == "facebook":
            # Facebook tells them of each day by itself.
            continue
        zone = ZoneInfo("America/Los_Angeles") if network in ("instagram", "youtube") else UTC
        seen = {at.astimezone(zone).date(): count for at, count in world.followers[network]}
        day = row["as_of_date"]
        checked.same(network, "followers on a day", f"followers at {network} on {day}", row["followers"], seen.get(day))


def _deleted(world: World, checked: Checked) -> None:
    """What the network said is gone, or listed no more, has its tombstone, and nothing else; the figures stay."""
    assert world.read_until is not None
    for post, row in _of(world, "posts"):
        ended, told = row["deleted_at"], world.gone.get(post)
        taken = next(
            (one["at"] for one in world.planted if one["kind"] == "post_deleted" and one["post"] == post[1]), None
        )
        if told is None and taken is not None and (ended is not None or _was_missed(world, post, taken)):
            # It was missed by listings, or where it was asked for, the first time of which came later.
            in_time = ended is not None and ended >= datetime.fromisoformat(taken)
            checked.same(post[0], "end", f"that {' '.join(post)} was there until it went", in_time, True)
        else:
            checked.same(post[0], "end", f"the end of {' '.join(post)}", ended, told)


def _was_missed(world: World, post: Post, taken: str) -> bool:
    """Whether readings enough asked about it since it was taken away to know; LinkedIn answers about no single post."""
    at, published = datetime.fromisoformat(taken), datetime.fromisoformat(world.posts[post]["created_at"])
    since = [minute for minute, oldest in world.asked[post[0]] if minute > at and published >= oldest]
    return len(since) > 1 and post[0] != "linkedin"


def _changes(world: World, checked: Checked) -> None:
    """Every figure that became less, or whose post went, is told with what it was and what it is."""
    changes: dict[Post, list[dict[str, Any]]] = {}
    for post, row in _of(world, "metric_changes"):
        changes.setdefault(post, []).append(row)
    for planted in world.planted:
        post = (planted["network"], str(planted.get("post")))
        at = datetime.fromisoformat(planted["at"])
        shown = world.shown.get(post, [])
        after = next((one for one in shown if one.at > at), None)
        told = changes.get(post, [])
        if post in world.gone and planted["kind"] == "post_deleted" and all(row["why"] != "deleted" for row in told):
            checked.lacks(post[0], "end as a change", f"that {' '.join(post)} was deleted is no change")
        if planted["kind"] not in ("correction", "counter_falls") or after is None:
            continue
        before = next(one for one in reversed(shown) if one.at < at)
        name, old, new = planted["counter"], before.figures[planted["counter"]], after.figures[planted["counter"]]
        if old is not None and new is not None and new < old:
            fits = [row for row in told if (row["metric"], row["old_value"], row["new_value"]) == (name, old, new)]
            checked.figures += 1
            if not any(row["why"] in ("corrected", "fell") for row in fits):
                words = f"{name} of {' '.join(post)} fell from {old} to {new} and is no change"
                checked.lacks(post[0], f"fall of {name}", words)


def _bridge(world: World, checked: Checked) -> None:
    """From the first figure over days, late arrivals and corrections to the last one, with nothing left over."""
    for post, row in _of(world, "reconciliation"):
        name, of = row["metric"], f"{row['metric']} of {' '.join(post)}"
        checked.same(post[0], f"bridge of {name}", f"what is unexplained of {of}", row["unexplained"], 0)
        shown = world.shown[post][-1].figures[name]
        checked.same(post[0], f"bridge of {name}", f"the bridge's {of}", row["lifetime"], shown)
