"""What is done to workers while they publish, one trial per step of a publish; the fate of every post is counted."""

import asyncio
import contextlib
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.lane import Lane, lane, nursery
from tests.chaos.scene import Fate, Intent, Kind, Scene, environment
from tests.chaos.wire import HOWS

# An intent is met by so many faults at most: more of them are a matter for a person, by the table of retries.
_MOST = 3
# So many times new intents are made for trials that are left, so many at a time: networks limit them by the day.
_BATCHES, _OF_A_DAY = 20, 12
# Times that everything which waits may wait, until it must have ended.
_PASSES = 40
_AT_ONCE = 8
# Workers under way at the same time, each over a wire of its own.
LANES = 6
# So many calls of a publish are reached by most kinds of post.
_CALLS = 3


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


@dataclass(frozen=True, slots=True)
class Place:
    """Where trials happen: the lanes that things happen to, and one that nothing happens to."""

    scene: Scene
    lanes: Sequence[Lane]
    other: Lane
    environment: Mapping[str, str]


# What is done at a step to a worker of a lane; whether it got so far.
Doing = Callable[[Place, Lane, str, int, random.Random], Awaitable[bool]]


async def killed(_place: Place, worker: Lane, _network: str, at: int, chance: random.Random) -> bool:
    """F1: kill -9."""
    return await worker.killed(at, chance.choice(HOWS))


async def cut(_place: Place, worker: Lane, _network: str, at: int, chance: random.Random) -> bool:
    """F2: a connection breaks, to PostgreSQL or to the network, and the worker goes on."""
    # Behind a piece that arrived whole nothing breaks.
    return await worker.cut(at, chance.choice(HOWS[:2]))


async def misreported(place: Place, worker: Lane, network: str, _at: int, chance: random.Random) -> bool:
    """F3: the network does what it was asked, and says that it failed."""
    return await _said(place, worker, network, "http_500_after_write", chance)


async def stale(place: Place, worker: Lane, _network: str, at: int, chance: random.Random) -> bool:
    """F4: it stands still past its lease, another worker acts, it wakes."""
    asleep = await worker.asleep(at, chance.choice(HOWS))
    if asleep is None:
        return False
    place.scene.time_passes()
    await place.other.work()
    await worker.awake(asleep)
    return True


async def limited(place: Place, worker: Lane, network: str, _at: int, chance: random.Random) -> bool:
    """F7: too many calls, at any call of a publish."""
    return await _said(place, worker, network, "rate_limited", chance)


async def misclocked(_place: Place, worker: Lane, _network: str, at: int, chance: random.Random) -> bool:
    """F9: F1 by clocks that are ten minutes early or late."""
    return await worker.killed(at, chance.choice(HOWS), clock=chance.choice((-600, 600)))


async def _said(place: Place, worker: Lane, network: str, kind: str, chance: random.Random) -> bool:
    """Something that the network says to one of the calls of a publish, which begin anew with each trial."""
    place.scene.plant(network, kind, after=chance.randrange(_CALLS))
    await worker.work()
    return place.scene.planted(network)


DOINGS: Mapping[str, Doing] = {
    "F1": killed,
    "F2": cut,
    "F3": misreported,
    "F4": stale,
    "F7": limited,
    "F9": misclocked,
}
# What is told to a network, and time that passes for all, would happen to the workers of other lanes too.
_ALONE = ("F3", "F4", "F7")


@contextlib.asynccontextmanager
async def placed(scene: Scene, database_url: str, log: Path, many: int = LANES) -> AsyncIterator[Place]:
    """So many lanes until the end of the block."""
    told = environment(scene.stage) | {"DATABASE_URL": database_url}
    async with contextlib.AsyncExitStack() as stack:
        born_in = await stack.enter_async_context(nursery(told, log))
        made = [await stack.enter_async_context(lane(born_in, told)) for _ in range(many + 1)]
        yield Place(scene, made[1:], made[0], {**os.environ, **told})


async def steps_of(place: Place, kind: Kind) -> int:
    """How many steps the longest attempt at a post has that nothing happens to."""
    await place.scene.queue(kind, 1)
    worker, steps = place.lanes[0], 0
    for _ in range(_PASSES):
        if not place.scene.open():
            break
        await worker.work()
        steps = max(steps, worker.wire.steps)
        place.scene.time_passes()
    return steps


async def swept(place: Place, kind: Kind, fault: str, steps: Sequence[int], chance: random.Random) -> Tally:
    """A trial at each of the steps; an intent meets several, one after the other.

    Pieces that come close together arrive as one, so that a publish may have fewer steps than were measured: then the
    intent is out, and the trial is for another one at an earlier step.
    """
    scene, lanes = place.scene, place.lanes[: 1 if fault in _ALONE else None]
    tally = Tally(fault, kind[0], (kind[1] or "text").rpartition(".")[2])
    started, waiting, intents = time.monotonic(), list(steps), list[Intent]()

    async def along(worker: Lane, turns: Iterator[Intent]) -> None:
        for _ in turns:
            if not waiting:
                return
            at = waiting.pop()
            if await DOINGS[fault](place, worker, kind[0], at, chance):
                tally.faults += 1
            else:
                waiting.insert(0, chance.randint(1, max(1, at - 1)))

    for _ in range(_BATCHES):
        if not waiting:
            break
        batch = await scene.queue(kind, min(_OF_A_DAY, -(-len(waiting) // 2)))
        intents += batch
        for _ in range(_MOST):
            turns = iter(batch)
            await asyncio.gather(*(along(worker, turns) for worker in lanes))
            scene.time_passes()
        tally.seconds = max(tally.seconds, await resolved(place.other, scene))
        scene.day_passes()
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
