"""`python -m tests.chaos`: faults while posts go out, at every step, on every network; what became of every post."""

import argparse
import json
import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import make_url

from benchmarks.ground import Server, shaky_ground, surroundings
from benchmarks.report import Gate, Report
from clientnest import database
from tests.chaos.disasters import DISASTERS
from tests.chaos.proofs import PROOFS, shown
from tests.chaos.scene import KINDS, Kind, Scene, environment, fresh
from tests.chaos.trials import DOINGS, Tally, placed, plan, steps_of, swept
from tests.sandbox.stage import Stage, running

# Trials of a kind in one world: half as many posts, and two more, are within every limit of a day (TikTok: 15).
_ROUND = 24
# Networks that tell by a handle what became of a post: nothing of theirs is ever unknown.
_CERTAIN = ("instagram", "youtube", "tiktok")
# F15 is about webhooks that we send, and we send none.
FAULTS = sorted([*DOINGS, *DISASTERS, *PROOFS], key=lambda fault: int(fault[1:]))


@dataclass(frozen=True, slots=True)
class Part:
    """So many trials of a fault at each kind of post, or so many disasters, in a world of their own."""

    fault: str
    number: int
    many: int


def parts(faults: Sequence[str], many: int) -> Iterator[Part]:
    """Until each fault that is tried at every step happened `many` times, and the others as often as is useful."""
    each = -(-many // len(KINDS))
    for fault in faults:
        if fault in DOINGS:
            for number, begun in enumerate(range(0, each, _ROUND)):
                yield Part(fault, number, min(_ROUND, each - begun))
        else:
            yield Part(fault, 0, min(DISASTERS[fault][1], many) if fault in DISASTERS else 1)


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


async def one_disaster(
    stage: Stage, server: Server, log: Path, fault: str, seed: str, many: int
) -> tuple[list[Tally], Scene]:
    """A fresh world, and what befalls all workers in it so often."""
    chance = random.Random(seed)
    scene = fresh(stage, chance.randrange(1_000_000))
    with surroundings(environment(scene.stage)):
        async with placed(scene, database.libpq_url(), log) as place:
            return [await DISASTERS[fault][0](place, server, log, many, chance)], scene


def told(log: Path, secrets: Sequence[str]) -> int:
    """How many secrets the workers' log says."""
    words = log.read_text(errors="replace")
    return sum(secret in words for secret in secrets)


def own_secrets() -> list[str]:
    """Those of this installation."""
    password = make_url(os.environ["DATABASE_URL"]).password
    return [*([str(password)] if password else []), os.environ["NEST_VAULT_KEY"], os.environ["NEST_JWT_SECRET"]]


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a part, and how many secrets its workers told."""

    tallies: Sequence[Tally]
    secrets: int = 0


class Kept:
    """What was done already, a line of JSON for each part: a run that broke off goes on from it."""

    def __init__(self, file: Path | None, seed: int) -> None:
        self._file, self._seed = file, seed
        lines = file.read_text().splitlines() if file and file.exists() else []
        known = [json.loads(line) for line in lines]
        self._known = {Part(**one["part"]): one for one in known if one["seed"] == seed}

    def of(self, part: Part) -> Found | None:
        """None for a part that is still to be done."""
        one = self._known.get(part)
        return Found([Tally(**row) for row in one["tallies"]], one["secrets"]) if one else None

    def add(self, part: Part, found: Found) -> Found:
        """Keep what was just done."""
        told = {"part": asdict(part), "seed": self._seed, "secrets": found.secrets}
        if self._file:
            with self._file.open("a") as lines:
                lines.write(json.dumps({**told, "tallies": [one.kept() for one in found.tallies]}) + "\n")
        return found


def done(part: Part, seed: int, stage: Stage, server: Server, home: Path) -> Found:
    """Do a part."""
    if part.fault in PROOFS:
        return Found([shown(part.fault)])
    told_by = f"{seed}/{part.fault}/{part.number}"
    with tempfile.NamedTemporaryFile(dir=home, prefix="chaos-") as file:
        log = Path(file.name)
        if part.fault in DOINGS:
            happens = one_round(stage, database.libpq_url(), log, part.fault, told_by, part.many)
        else:
            happens = one_disaster(stage, server, log, part.fault, told_by, part.many)
        tallies, scene = database.run(happens)
        return Found(tallies, told(log, [*scene.secrets(), *own_secrets()]))


def run(faults: Sequence[str], many: int, seed: int, resume: Path | None) -> Report:
    """Everything that `resume` does not hold yet; each part is added to it as it ends."""
    kept = Kept(resume, seed)
    with shaky_ground() as (home, server), running(seed=seed) as stage:
        found = [kept.of(part) or kept.add(part, done(part, seed, stage, server, home)) for part in parts(faults, many)]
    rows = _summed([tally for one in found for tally in one.tallies])
    return Report("chaos", [row.row() for row in rows], _gates(rows, sum(one.secrets for one in found), faults, many))


def _summed(tallies: Sequence[Tally]) -> list[Tally]:
    """One row for each fault and kind."""
    found: dict[tuple[str, str, str], Tally] = {}
    for one in tallies:
        row = found.setdefault((one.fault, one.network, one.media), Tally(one.fault, one.network, one.media))
        row.add(one)
    return list(found.values())


def _gates(rows: Sequence[Tally], secrets: int, faults: Sequence[str], many: int) -> list[Gate]:
    certain = sum(row.unknown for row in rows if row.network in _CERTAIN)
    tried = sum(row.faults for row in rows if row.fault in DOINGS)
    asked = many * sum(fault in DOINGS for fault in faults)
    restarts = [row.seconds for row in rows if row.fault == "F5"]
    return [
        Gate("posts that are live twice", sum(row.doubles for row in rows), "<= 0"),
        Gate("posts forgotten, or told otherwise than they are", sum(row.lost for row in rows), "<= 0"),
        Gate("secrets in the log", secrets, "<= 0"),
        Gate(f"unknown at {', '.join(_CERTAIN)}", certain, "<= 0"),
        *([Gate("faults that happened / asked for", tried / asked, ">= 0.9")] if asked else []),
        *(
            [Gate("seconds until a post is out after a restart of PostgreSQL", max(restarts), "<= 10")]
            if restarts
            else []
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="./nest chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=10_000, help="so often each fault happens")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faults", default="F1", help=f"all, or some of {','.join(FAULTS)}")
    parser.add_argument("--resume", type=Path, help="keep what is done in this file, and go on from it")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    faults = FAULTS if asked.faults == "all" else asked.faults.split(",")
    if unknown := sorted(set(faults) - set(FAULTS)):
        parser.error(f"there is no fault {', '.join(unknown)}: take some of {', '.join(FAULTS)}")
    report = run(faults, asked.kills, asked.seed, asked.resume)
    report.show(as_json=asked.json)
    if not all(gate.holds for gate in report.gates):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
