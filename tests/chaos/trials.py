"""What is done to workers while they publish, one trial per step of a publish; the fate of every post is counted."""

import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.lane import Lane, lane
from tests.chaos.scene import Fate, Kind, Scene, environment
from tests.chaos.wire import HOWS

# An intent is met by so many faults at most: more of them are a matter for a person, by the table of retries.
_MOST = 3
# Times that everything which waits may wait, until it must have ended.
_PASSES = 40
_AT_ONCE = 8


@dataclass
class Tally:
    """One row: what was done to one kind of post, and what came of it."""

    fault: str
    network: str
    media: str
    faults: int = 0
    intents: int = 0
    doubles: int = 0
    lost: int = 0
    unknown: int = 0
    # Seconds until all of a round were resolved, with pauses that pass at once; the longest.
    seconds: float = 0.0
    took: float = 0.0
    # The posts that are doubled or lost, for who looks for the reason.
    wrong: list[str] = field(default_factory=list)

    def count(self, fates: Sequence[Fate]) -> None:
        """Add what became of some."""
        self.intents += len(fates)
        self.doubles += sum(fate.doubled for fate in fates)
        self.lost += sum(fate.lost for fate in fates)
        self.unknown += sum(fate.unknown for fate in fates)
        self.wrong += [str(fate) for fate in fates if fate.doubled or fate.lost]

    def add(self, other: "Tally") -> None:
        """Take in another round of the same."""
        self.faults += other.faults
        self.intents += other.intents
        self.doubles += other.doubles
        self.lost += other.lost
        self.unknown += other.unknown
        self.seconds = max(self.seconds, other.seconds)
        self.took += other.took
        self.wrong += other.wrong

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    def row(self) -> Mapping[str, object]:
        return {
            "fault": self.fault,
            "network": self.network,
            "with": self.media,
            "faults": self.faults,
            "intents": self.intents,
            "doubles": self.doubles,
            "lost": self.lost,
            "unknown": self.unknown,
            "unknown %": round(100 * self.unknown / self.intents, 2) if self.intents else None,
            "resolved in s": round(self.seconds, 1),
            "faults/s": round(self.faults / self.took, 2) if self.took else None,
        }


# What is done at a step to a worker of the lane; whether it got so far.
Doing = Callable[[Lane, int, random.Random], Awaitable[bool]]


async def killed(worker: Lane, at: int, chance: random.Random) -> bool:
    """F1: kill -9."""
    return await worker.killed(at, chance.choice(HOWS))


async def cut(worker: Lane, at: int, chance: random.Random) -> bool:
    """F2: a connection breaks, to PostgreSQL or to the network, and the worker goes on."""
    # Behind a piece that arrived whole nothing breaks.
    return await worker.cut(at, chance.choice(HOWS[:2]))


DOINGS: Mapping[str, Doing] = {"F1": killed, "F2": cut}


@contextlib.asynccontextmanager
async def lanes(scene: Scene, database_url: str, log: Path) -> AsyncIterator[tuple[Lane, Lane]]:
    """The lane that things happen to, and one that nothing happens to."""
    told = environment(scene.stage) | {"DATABASE_URL": database_url}
    async with lane(told, log) as worker, lane(told, log) as other:
        yield worker, other


async def steps_of(lanes_: tuple[Lane, Lane], scene: Scene, kind: Kind) -> int:
    """How many steps a publish has that nothing happens to."""
    await scene.queue(kind, 1)
    await lanes_[0].work()
    steps = lanes_[0].wire.steps
    await resolved(lanes_[1], scene)
    return steps


async def swept(
    lanes_: tuple[Lane, Lane], scene: Scene, kind: Kind, fault: str, steps: Sequence[int], chance: random.Random
) -> Tally:
    """A trial at each of the steps; an intent meets several, one after the other."""
    worker, other = lanes_
    tally = Tally(fault, kind[0], (kind[1] or "text").rpartition(".")[2])
    started, waiting = time.monotonic(), list(steps)
    intents = await scene.queue(kind, max(1, -(-len(steps) // 2)))
    for _ in range(_MOST):
        for _ in intents:
            if waiting and await DOINGS[fault](worker, waiting.pop(), chance):
                tally.faults += 1
        scene.time_passes()
    tally.seconds = await resolved(other, scene)
    tally.took = time.monotonic() - started
    tally.count([fate for fate in scene.fates() if fate.intent in intents])
    return tally


async def resolved(worker: Lane, scene: Scene) -> float:
    """Work, with pauses that pass at once, until every intent has its end; the seconds it took."""
    started = time.monotonic()
    for _ in range(_PASSES):
        if not scene.open():
            break
        scene.time_passes()
        await worker.work(_AT_ONCE)
    return time.monotonic() - started


def plan(steps: int, many: int, chance: random.Random) -> list[int]:
    """So many steps, each as often as every other, in any order."""
    found = [1 + n % steps for n in range(many)]
    chance.shuffle(found)
    return found
