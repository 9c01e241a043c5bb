"""`python -m tests.chaos`: faults while posts go out, at every step, on every network; what became of every post."""

import argparse
import json
import random
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.ground import ground, surroundings
from benchmarks.report import Gate, Report
from clientnest import database
from tests.chaos.scene import KINDS, Kind, Scene, environment, fresh
from tests.chaos.trials import DOINGS, Tally, placed, plan, steps_of, swept
from tests.sandbox.stage import Stage, running

# Trials of a kind in one world: half as many posts, and one more, are within every limit of a day (TikTok: 15).
_ROUND = 24
# Networks that tell by a handle what became of a post: nothing of theirs is ever unknown.
_CERTAIN = ("instagram", "youtube", "tiktok")


def rounds(faults: Sequence[str], many: int) -> Iterator[tuple[str, int, int]]:
    """Fault, number and how many trials per kind of post, until each fault has been tried `many` times."""
    each = -(-many // len(KINDS))
    for fault in faults:
        for number, begun in enumerate(range(0, each, _ROUND)):
            yield fault, number, min(_ROUND, each - begun)


async def one_round(
    stage: Stage, database_url: str, log: Path, fault: str, seed: str, many: int, kinds: Sequence[Kind] = KINDS
) -> tuple[list[Tally], Scene]:
    """A fresh world, and so many trials at each kind of post in it."""
    chance = random.Random(seed)
    scene = fresh(stage, chance.randrange(1_000_000))
    found = []
    with surroundings(environment(scene.stage)):
        async with placed(scene, database_url, log) as place:
            for kind in kinds:
                steps = await steps_of(place, kind)
                found.append(await swept(place, kind, fault, plan(steps, many, chance), chance))
    return found, scene


def told(log: Path, secrets: Sequence[str]) -> int:
    """How many secrets the workers' log says."""
    words = log.read_text(errors="replace")
    return sum(secret in words for secret in secrets)


def _summed(tallies: Sequence[Tally]) -> list[Tally]:
    """One row for each fault and kind."""
    found: dict[tuple[str, str, str], Tally] = {}
    for one in tallies:
        row = found.setdefault((one.fault, one.network, one.media), Tally(one.fault, one.network, one.media))
        row.add(one)
    return list(found.values())


def _gates(rows: Sequence[Tally], secrets: int, wanted: int) -> list[Gate]:
    certain = sum(row.unknown for row in rows if row.network in _CERTAIN)
    return [
        Gate("posts that are live twice", sum(row.doubles for row in rows), "<= 0"),
        Gate("posts forgotten, or told otherwise than they are", sum(row.lost for row in rows), "<= 0"),
        Gate("secrets in the log", secrets, "<= 0"),
        Gate(f"unknown at {', '.join(_CERTAIN)}", certain, "<= 0"),
        Gate("faults that happened / asked for", sum(row.faults for row in rows) / wanted, ">= 0.9"),
    ]


def run(faults: Sequence[str], many: int, seed: int, resume: Path | None) -> Report:
    """All rounds that `resume` does not hold yet; each is added to it as it ends."""
    kept = [json.loads(line) for line in resume.read_text().splitlines()] if resume and resume.exists() else []
    done = {(one["fault"], one["number"], one["seed"]): one for one in kept}
    tallies, secrets = [], 0
    with ground() as home, running(seed=seed) as stage:
        for fault, number, each in rounds(faults, many):
            found = done.get((fault, number, seed))
            if found is None:
                with tempfile.NamedTemporaryFile(dir=home, prefix="chaos-") as log:
                    made, scene = database.run(
                        one_round(stage, database.libpq_url(), Path(log.name), fault, f"{seed}/{fault}/{number}", each)
                    )
                    found = {"fault": fault, "number": number, "seed": seed, "tallies": [one.kept() for one in made]}
                    found["secrets"] = told(Path(log.name), scene.secrets())
                if resume:
                    with resume.open("a") as lines:
                        lines.write(json.dumps(found) + "\n")
            tallies += [Tally(**one) for one in found["tallies"]]
            secrets += found["secrets"]
    rows = _summed(tallies)
    return Report("chaos", [row.row() for row in rows], _gates(rows, secrets, many * len(faults)))


def main() -> None:
    parser = argparse.ArgumentParser(prog="./nest chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=10_000, help="so often each fault happens")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", default="F1", help=f"some of {','.join(DOINGS)}")
    parser.add_argument("--resume", type=Path, help="keep what is done in this file, and go on from it")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    faults = asked.faults.split(",")
    if unknown := sorted(set(faults) - set(DOINGS)):
        parser.error(f"there is no fault {', '.join(unknown)}: take some of {', '.join(DOINGS)}")
    report = run(faults, asked.kills, asked.seed, asked.resume)
    report.show(as_json=asked.json)
    if not all(gate.holds for gate in report.gates):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
