"""What befalls all workers while much is due: PostgreSQL restarts, connections go silent, a post kills its worker.

The workers here are those of an installation: processes that serve until they are stopped, begun anew when they end.
"""

import asyncio
import contextlib
import random
import signal
import sys
import time
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import psycopg

from benchmarks.ground import Server
from clientnest.settings import ROOT
from tests.chaos.lane import led
from tests.chaos.scene import KINDS, Intent, Scene
from tests.chaos.trials import Place, Tally, resolved, steps_of
from tests.chaos.wire import Wire

# A worker that nothing happens to has ended a post long before.
_PATIENCE = 150.0
_BEATS = 0.1
_WORKER = (sys.executable, "-m", "publishing.publications.worker")
# What is soonest through at its network.
_SIMPLE = ("facebook", None)


@contextlib.asynccontextmanager
async def working(environment: Mapping[str, str], log: Path, many: int) -> AsyncIterator[None]:
    """So many workers, each begun anew when it ends, until the end of the block."""
    with log.open("ab") as said:

        async def supervised() -> None:
            while True:
                process = await asyncio.create_subprocess_exec(
                    *_WORKER, cwd=ROOT, env=environment, stdin=DEVNULL, stdout=said, stderr=said
                )
                try:
                    await process.wait()
                finally:
                    if process.returncode is None:
                        process.terminate()
                        await process.wait()

        tasks = [asyncio.create_task(supervised()) for _ in range(many)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def restarted(place: Place, server: Server, log: Path, many: int, chance: random.Random) -> Tally:
    """F5: PostgreSQL is restarted, fast and immediately, under two workers that have much to do."""
    scene, tally, started = place.scene, Tally("F5", "all", "all"), time.monotonic()
    intents = [intent for kind in KINDS for intent in await scene.queue(kind, max(2, many))]
    async with working(place.environment, log, 2):
        for turn in range(many):
            await asyncio.sleep(chance.uniform(0.5, 2.0))
            await asyncio.to_thread(server.restart, (signal.SIGQUIT, signal.SIGINT)[turn % 2])
            tally.faults += 1
            tally.seconds = max(tally.seconds, await _until_out(scene, intents))
    await resolved(place.other, scene)
    tally.took = time.monotonic() - started
    tally.count([fate for fate in scene.fates() if fate.intent in intents])
    return tally


async def silent(place: Place, _server: Server, log: Path, many: int, chance: random.Random) -> Tally:
    """F6: every connection of a worker goes silent, those to PostgreSQL and to the networks, and none is closed."""
    scene, tally, started = place.scene, Tally("F6", "all", "all"), time.monotonic()
    intents: list[Intent] = []
    wire = Wire()
    async with led(wire, place.environment) as environment, working(environment, log, 1):
        await _until_out(scene, intents)
        for _ in range(many):
            for kind in KINDS:
                intents += await scene.queue(kind, 2)
            await asyncio.sleep(chance.uniform(0.1, 0.5))
            wire.silence()
            tally.faults += 1
            tally.seconds = max(tally.seconds, await _until_out(scene, intents))
    await resolved(place.other, scene)
    tally.took = time.monotonic() - started
    tally.count([fate for fate in scene.fates() if fate.intent in intents])
    return tally


async def poisoned(place: Place, _server: Server, _log: Path, many: int, chance: random.Random) -> Tally:
    """F11: a post ends every worker that attempts it; it is left alone after a while, and the others go out."""
    scene, tally, started = place.scene, Tally("F11", "all", "all"), time.monotonic()
    intents: list[Intent] = []
    for kind in chance.sample(KINDS, min(many, len(KINDS))):
        middle = await steps_of(place, kind) * 2 // 3
        (poison,) = await scene.queue(kind, 1)
        intents.append(poison)
        intents += await scene.queue(_SIMPLE, 3)
        scene.hurry(poison)
        # The attempt that gives it up takes fewer steps, and nothing befalls it.
        while await place.lanes[0].killed(middle, "before"):
            tally.faults += 1
            scene.time_passes()
            scene.hurry(poison)
    tally.seconds = await resolved(place.other, scene)
    tally.took = time.monotonic() - started
    tally.count([fate for fate in scene.fates() if fate.intent in intents])
    return tally


Disaster = Callable[[Place, Server, Path, int, random.Random], Awaitable[Tally]]
# And how often each happens in a whole run.
DISASTERS: Mapping[str, tuple[Disaster, int]] = {"F5": (restarted, 6), "F6": (silent, 2), "F11": (poisoned, 3)}


async def _until_out(scene: Scene, intents: list[Intent]) -> float:
    """Queue one more, and wait until it is out: the seconds it took."""
    (fresh,) = await scene.queue(_SIMPLE, 1)
    intents.append(fresh)
    scene.hurry(fresh)
    began = time.monotonic()
    while time.monotonic() - began < _PATIENCE:
        with contextlib.suppress(psycopg.OperationalError):
            if scene.status(fresh) == "published":
                return time.monotonic() - began
        await asyncio.sleep(_BEATS)
    raise TimeoutError(f"{fresh} is not out after {_PATIENCE:.0f} s")
