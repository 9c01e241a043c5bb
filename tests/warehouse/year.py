"""A year of the networks, read and built as every day, and held against the networks' own ledger.

`python -m tests.warehouse.year --seeds N [--days 365] [--steps 120] [--networks x,youtube] [--json]`. Planted are
corrections, deletions, falling counters, metrics that die, figures that come late, a token that ends. At chosen
moments every figure of the marts has to be what the ledger says was shown when it was last read, and at the end what
was known at each of them.
"""

import argparse
import random
import sys
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from benchmarks.report import Gate, Report
from platforms import PLATFORMS
from tests.warehouse import checks
from tests.warehouse.checks import Wrong
from tests.warehouse.reading import Marts, differences, marts_of, rows
from tests.warehouse.world import World, world

# So many examples of each sort of difference are told.
_EXAMPLES = 3
_OBSERVED = ("post_lifetime", "post_metrics_daily")


@dataclass(frozen=True, slots=True)
class Moment:
    """What the marts said at a moment, on the networks' clock and on ours."""

    known_at: datetime
    recorded_at: datetime
    marts: Marts


@dataclass(frozen=True, slots=True)
class Found:
    """`figures` were held against the ledger, `wrong` are those that differ."""

    readings: int
    builds: int
    figures: int
    planted: int
    wrong: list[Wrong]


def live(seed: int, days: int, steps: int, builds: int, networks: Collection[str] = tuple(PLATFORMS)) -> Found:
    """One world through so many days in so many readings, held against its ledger at every build."""
    chance = random.Random(seed)
    with world(seed, days, networks) as lived:
        span = timedelta(days=days) / steps
        due = {round(steps * (n + 1) / builds) - 1 for n in range(builds)}
        moments: list[Moment] = []
        wrong: list[Wrong] = []
        figures = 0
        for step in range(steps):
            lived.read()
            if step in due:
                lived.dbt.build()
                checked = checks.all_of(lived)
                figures += checked.figures
                wrong += [replace(one, words=f"step {step}: {one.words}") for one in checked.wrong]
                moments.append(_moment(lived))
            _plant(lived, chance, step / steps, span / timedelta(days=1))
            lived.advance(span * chance.uniform(0.8, 1))
        wrong += _as_known(lived, moments)
        readings = sum(len(shown) for shown in lived.shown.values())
        return Found(readings, len(moments), figures, len(lived.planted), wrong)


def _moment(lived: World) -> Moment:
    (now,) = rows("select clock_timestamp() as now")
    return Moment(lived.stage.now(), now["now"], marts_of(lived.place))


def _as_known(lived: World, moments: Sequence[Moment]) -> list[Wrong]:
    """What is said now of what was known at each moment, where it is not what was said then."""
    wrong = []
    lived.dbt.past()
    for moment in moments:
        known = {"nest.known_at": moment.known_at.isoformat()}
        recorded = {"nest.recorded_at": moment.recorded_at.isoformat()}
        # Here the clocks went on together: either of them alone says the same of what was observed.
        for asked, names in (({**known, **recorded}, moment.marts.keys()), (known, _OBSERVED), (recorded, _OBSERVED)):
            # Views over views are planned as if they held one row.
            then = marts_of(lived.place, "known", asked | {"enable_nestloop": "off"}, names)
            said = {name: some for name, some in moment.marts.items() if name in then}
            moment_asked = ", ".join(asked.values())
            wrong += [
                Wrong("all", one.split(" ", 1)[0], "as known then", "as known now", f"{moment_asked}: {one}")
                for one in differences(said, then)
            ]
    return wrong


# What happens to the world, by the part of its time that has passed.
_PLANTS: tuple[tuple[float, str, str, dict[str, object]], ...] = (
    (0.20, "correction", "tiktok", {"counter": "likes"}),
    (0.20, "correction", "instagram", {"counter": "views"}),
    (0.25, "correction", "x", {"counter": "saves"}),
    (0.30, "counter_falls", "linkedin", {"counter": "likes", "share": 0.3}),
    (0.30, "counter_falls", "youtube", {"counter": "views", "share": 0.2}),
    (0.40, "post_deleted", "tiktok", {}),
    (0.40, "post_deleted", "facebook", {}),
    (0.40, "post_deleted", "x", {}),
    (0.45, "post_deleted", "bluesky", {}),
    (0.50, "metric_dies", "facebook", {"metric": "post_clicks"}),
    (0.50, "metric_dies", "instagram", {"metric": "saved"}),
    (0.60, "late", "linkedin", {"hours": 36}),
    (0.80, "token_revoked", "bluesky", {}),
)
_DIES = {"post_clicks": "clicks", "saved": "saves"}


def _plant(lived: World, chance: random.Random, passed: float, days: float) -> None:
    """What is due by now and was not planted yet."""
    plants = [plant for plant in _PLANTS if plant[2] in lived.place.accounts]
    for due, kind, network, about in plants[len(lived.planted) :]:
        if due > passed:
            return
        given: dict[str, object] = dict(about)
        if kind in ("correction", "counter_falls", "post_deleted"):
            given["post"] = _young(lived, chance, network, days)
        if kind == "correction":
            known = lived.shown[network, str(given["post"])][-1].figures[str(given["counter"])] or 0
            given["value"] = known // 2
        if kind == "token_revoked":
            given["account"] = lived.stage.account(network)
            lived.revoked.add(network)
        if kind == "metric_dies":
            lived.dead.add((network, _DIES[str(given["metric"])]))
        if kind == "late":
            lived.late[network] = int(str(given["hours"]))
        lived.plant(kind, network, **given)
        if kind == "post_deleted":
            lived.tell_gone(network, str(given["post"]))


def _young(lived: World, chance: random.Random, network: str, days: float) -> str:
    """A post that was read lately, and will be again, and to which nothing was done yet."""
    now = lived.stage.now()
    spared = {one.get("post") for one in lived.planted}
    found = [
        external_id
        for (name, external_id), shown in sorted(lived.shown.items())
        if name == network
        and external_id not in spared
        and shown[-1].at >= now - timedelta(days=days)
        and now - datetime.fromisoformat(lived.posts[name, external_id]["created_at"]) < timedelta(days=20)
    ]
    return chance.choice(found)


def _told(wrong: Iterable[Wrong]) -> Iterator[str]:
    """How many of each sort differ, most first, with examples."""
    sorts: dict[tuple[str, str, str, str], list[str]] = defaultdict(list)
    for one in wrong:
        sorts[one.network, one.figure, one.wanted, one.found].append(one.words)
    for (network, figure, wanted, found), words in sorted(sorts.items(), key=lambda sort: -len(sort[1])):
        yield f"{len(words)} times {network}, {figure}: {found} in the place of {wanted}"
        yield from (f"    {one}" for one in words[:_EXAMPLES])


def main(argv: Sequence[str]) -> int:
    """The exit status: 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.warehouse.year", description=__doc__)
    parser.add_argument("--seeds", type=int, default=3, help="how many worlds")
    parser.add_argument("--first", type=int, default=1, help="the first one's seed")
    parser.add_argument("--days", type=int, default=365, help="how long a world is watched")
    parser.add_argument("--steps", type=int, default=120, help="how often it is read")
    parser.add_argument("--builds", type=int, default=8, help="how often it is built and held against the ledger")
    parser.add_argument("--networks", default=",".join(PLATFORMS), help="those that are read")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    asked = parser.parse_args(argv)
    told = []
    for seed in range(asked.first, asked.first + asked.seeds):
        began = time.perf_counter()
        found = live(seed, asked.days, asked.steps, asked.builds, asked.networks.split(","))
        sys.stderr.writelines(f"seed {seed}, {one}\n" for one in _told(found.wrong))
        counted = {"readings": found.readings, "builds": found.builds, "figures": found.figures}
        counted |= {"planted": found.planted, "wrong": len(found.wrong)}
        told.append({"seed": seed, "days": asked.days, **counted, "seconds": round(time.perf_counter() - began)})
    wrong = sum(int(str(row["wrong"])) for row in told)
    report = Report("year", told, [Gate("figures that differ from the ledger", wrong, "<= 0")])
    report.show(as_json=asked.json)
    return 0 if wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
