"""Years of pages that arrive in any order, by loaders that are killed, with builds in between: the marts are the same.

`python -m tests.warehouse.arrivals --times N [--json]` draws N batches. Of each year there are two workspaces in one
warehouse: into one its pages come shuffled and by fits and starts, and are built by parts; into the other in order, by
one loader, built anew at the end. What the marts say of the two has to be the same but for what names the loads.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.ground import ground
from benchmarks.report import Gate, Report
from clientnest.database import libpq_url
from tests.conftest import running
from tests.dbt.conftest import Dbt
from tests.warehouse.generated import NETWORKS, Answer, Reading, year
from tests.warehouse.reading import Place, differences, marts_of, new_place

_NAMES = ("shuffled", "in order")


@dataclass(frozen=True, slots=True)
class Chances:
    """How one batch is drawn: so many years, of so many readings each, in so many runs with a kill in each."""

    seed: int
    years: int = 4
    readings: int = 8
    runs: int = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, and every difference that was found, in words."""

    loads: int
    kills: int
    builds: int
    rows: int
    differing: list[str]


@dataclass(frozen=True, slots=True)
class Task:
    """One load of one workspace's account."""

    workspace_id: str
    account_id: str
    reading: Reading


def sweep(dbt: Dbt, drawn: Chances) -> Outcome:
    """Both ways into the warehouse that the settings name, and what differs between them."""
    chance = random.Random(drawn.seed)
    years = [year(chance.randrange(2**32), drawn.readings) for _ in range(drawn.years)]
    shuffled = [new_place(NETWORKS) for _ in years]
    ordered = [new_place(NETWORKS) for _ in years]

    tasks = [task for place, readings in zip(shuffled, years, strict=True) for task in _tasks(place, readings)]
    chance.shuffle(tasks)
    kills = builds = 0
    for number, run in enumerate(_split(chance, tasks, drawn.runs)):
        kills += _land_with_kills(chance, run)
        # The first run is always followed by a build, so that there is one to add to.
        if number in (0, drawn.runs - 1) or chance.random() < 0.5:
            dbt.build()
            builds += 1
    by_parts = [marts_of(place) for place in shuffled]

    _land([task for place, readings in zip(ordered, years, strict=True) for task in _tasks(place, readings)])
    dbt.build("--full-refresh")
    differing = [
        f"year {number}, {what}: {difference}"
        for number, (place, parts) in enumerate(zip(shuffled, by_parts, strict=True))
        for what, whole in (("anew", marts_of(place)), ("in order", marts_of(ordered[number])))
        for difference in differences(parts, whole)
    ]
    rows = sum(len(some) for marts in by_parts for some in marts.values())
    return Outcome(2 * len(tasks), kills, builds + 1, rows, differing)


def _tasks(place: Place, readings: Sequence[Reading]) -> list[Task]:
    return [Task(str(place.workspace_id), str(place.accounts[one.platform]), one) for one in readings]


def _split(chance: random.Random, tasks: list[Task], runs: int) -> Iterator[list[Task]]:
    cuts = sorted(chance.sample(range(1, len(tasks)), runs - 1))
    for start, end in zip([0, *cuts], [*cuts, len(tasks)], strict=True):
        yield tasks[start:end]


def _land_with_kills(chance: random.Random, tasks: list[Task]) -> int:
    """A loader that dies somewhere in the middle; the next one is told again what was not heard to be done."""
    survived = chance.randrange(len(tasks))
    done = _land(tasks, survived, chance.uniform(0, 0.05))
    _land(tasks[done:])
    return 1


def _land(tasks: list[Task], until: int | None = None, after: float = 0) -> int:
    """Load in a process of its own; how many loads were heard to be done. It is killed `after` seconds after `until`
    of them."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as told:
        json.dump([asdict(task) for task in tasks], told)
        told.flush()
        log = Path(f"{told.name}.log")
        with running([sys.executable, "-m", "tests.warehouse.arrivals", "--land", told.name], log=log) as process:
            assert process.stdout is not None
            done = 0
            while done != until and process.stdout.readline():
                done += 1
            if until is not None:
                time.sleep(after)
                process.kill()
                done += len(process.stdout.readlines())
            code = process.wait(60)
        said = log.read_text()
        log.unlink()
    if until is None and (code or done != len(tasks)):
        raise RuntimeError(f"the loader did {done} of {len(tasks)} loads and ended with {code}: {said[-2000:]}")
    return done


async def land(path: Path) -> None:
    """Do the loads of a file, in its order; a line for each that is done."""
    from ingestion.load import LoadAccount, load, sources
    from platforms import PLATFORMS
    from platforms.platform import Window

    window = Window(datetime(2025, 9, 1, tzinfo=UTC), datetime(2026, 9, 1, tzinfo=UTC))
    for task in json.loads(path.read_text()):
        reading = task["reading"]
        sheet = PLATFORMS[reading["platform"]]
        source = next(one for one in sources(sheet) if one.table == reading["table"])
        account = LoadAccount(UUID(task["account_id"]), UUID(task["workspace_id"]))
        answers = [Answer(**answer) for answer in reading["answers"]]
        result = await load(account, sheet, replace(source, fetch=_answering(answers)), window, client=None)
        if result.status != "done":
            raise RuntimeError(f"{reading['platform']} {reading['table']}: {result.problem}")
        sys.stdout.write("done\n")
        sys.stdout.flush()


def _answering(answers: Sequence[Answer]) -> Any:
    """A network that answers with these pages, whatever it is asked."""
    from platforms.platform import Page

    async def fetch(client: Any, window: Any, about: Any) -> AsyncIterator[Page]:
        for answer in answers:
            sent = datetime.fromisoformat(answer.at)
            yield Page(answer.body.encode(), sent, "GET https://network.example/", answer.context)

    return fetch


def main(argv: Sequence[str]) -> int:
    """The exit status: 1 where anything differed."""
    parser = argparse.ArgumentParser(prog="python -m tests.warehouse.arrivals", description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="batches")
    parser.add_argument("--years", type=int, default=10, help="years in a batch")
    parser.add_argument("--seed", type=int, default=1, help="of the first batch; the next ones follow")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--land", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(argv)
    if asked.land:
        asyncio.run(land(asked.land))
        return 0
    rows = []
    for seed in range(asked.seed, asked.seed + asked.times):
        began = time.perf_counter()
        with ground() as home:
            outcome = sweep(Dbt(libpq_url(), home / "dbt" / "target"), Chances(seed, asked.years, runs=5))
        found = {"seed": seed, "years": asked.years, **asdict(outcome), "differing": len(outcome.differing)}
        rows.append(found | {"seconds": round(time.perf_counter() - began)})
        sys.stderr.writelines(f"{line}\n" for line in outcome.differing[:20])
    differing = sum(int(str(row["differing"])) for row in rows)
    report = Report("arrivals", rows, [Gate("differing rows", differing, "<= 0")])
    report.show(as_json=asked.json)
    return 0 if differing == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
