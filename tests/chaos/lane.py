"""One worker after the other, each over a wire of its own that can end it at any step."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from clientnest.settings import ROOT
from tests.chaos.wire import How, Stop, Wire

# A worker that hangs is a fault of its own.
_PATIENCE = 60.0


class Nursery:
    """The process that forks the workers of all lanes."""

    def __init__(self, process: Process) -> None:
        self._process, self._asking = process, asyncio.Lock()

    async def bear(self, at_once: int, environment: Mapping[str, str], clock: int) -> int:
        """A worker whose clock is wrong by so many seconds; its process id."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        async with self._asking:
            told = {"at_once": at_once, "environment": environment, "clock": clock}
            self._process.stdin.write(f"{json.dumps(told)}\n".encode())
            return int(await self._process.stdout.readline())


class Lane:
    """Workers that run one at a time."""

    def __init__(self, wire: Wire, nursery: Nursery, environment: Mapping[str, str]) -> None:
        self.wire, self._nursery, self._environment = wire, nursery, environment

    async def work(self, at_once: int = 1) -> None:
        """A worker that nothing happens to, until nothing is due."""
        self.wire.arm(None)
        await _ended(await self._born(at_once))

    async def killed(self, at: int, how: How, clock: int = 0) -> bool:
        """A worker that is killed at a step; whether it got so far."""
        return await self._stopped(at, how, signal.SIGKILL, clock)

    async def cut(self, at: int, how: How) -> bool:
        """A worker that goes on while one of its connections breaks at a step."""
        return await self._stopped(at, how, None)

    async def _stopped(self, at: int, how: How, sent: signal.Signals | None, clock: int = 0) -> bool:
        born: list[int] = []
        stop = Stop(at, how, lambda: _send(born[0], sent) if sent else None)
        self.wire.arm(stop)
        born.append(await self._born(1, clock))
        await _ended(born[0])
        return stop.reached.is_set()

    async def asleep(self, at: int, how: How) -> int | None:
        """A worker that stands still at a step: its process id, for `awake`; None when it ended before."""
        born: list[int] = []
        stop = Stop(at, how, lambda: _send(born[0], signal.SIGSTOP))
        self.wire.arm(stop)
        born.append(await self._born(1))
        ends = [asyncio.create_task(_ended(born[0])), asyncio.create_task(stop.reached.wait())]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for waiting in ends:
            waiting.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
        return born[0] if stop.reached.is_set() else None

    async def awake(self, pid: int) -> None:
        """Let it go on, to its end."""
        _send(pid, signal.SIGCONT)
        await _ended(pid)

    async def _born(self, at_once: int, clock: int = 0) -> int:
        return await self._nursery.bear(at_once, self._environment, clock)


def _send(pid: int, sent: signal.Signals) -> None:
    # It may be through already.
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sent)


async def _ended(pid: int) -> None:
    """Until the process is gone. Raises TimeoutError, and ends it then."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop, gone = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(watched, gone.set)
    try:
        async with asyncio.timeout(_PATIENCE):
            await gone.wait()
    except TimeoutError:
        _send(pid, signal.SIGKILL)
        raise
    finally:
        loop.remove_reader(watched)
        os.close(watched)


@contextlib.asynccontextmanager
async def nursery(environment: Mapping[str, str], log: Path) -> AsyncIterator[Nursery]:
    """Until the end of the block; what its workers say is in `log`."""
    # Unbuffered: what a worker says before it is killed counts.
    words = (sys.executable, "-u", "-m", "tests.chaos.nursery")
    with log.open("ab") as kept:
        process = await asyncio.create_subprocess_exec(
            *words, cwd=ROOT, env={**os.environ, **environment}, stdin=PIPE, stdout=PIPE, stderr=kept
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        await process.stdout.readline()
        yield Nursery(process)
    finally:
        process.stdin.close()
        await process.wait()


@contextlib.asynccontextmanager
async def led(wire: Wire, environment: Mapping[str, str]) -> AsyncIterator[dict[str, str]]:
    """A worker's environment with its addresses led over the wire, until the end of the block."""
    async with contextlib.AsyncExitStack() as stack:
        over = dict(environment)
        for name, value in environment.items():
            if name == "DATABASE_URL" or name.endswith("__BASE_URL"):
                parts = urlsplit(value)
                port = await stack.enter_async_context(wire.to(parts.hostname or "", parts.port or 0))
                over[name] = value.replace(f":{parts.port}", f":{port}")
        yield over


@contextlib.asynccontextmanager
async def lane(born_in: Nursery, environment: Mapping[str, str]) -> AsyncIterator[Lane]:
    """A lane until the end of the block."""
    wire = Wire()
    async with led(wire, environment) as over:
        yield Lane(wire, born_in, over)
