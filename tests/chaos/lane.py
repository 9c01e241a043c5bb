"""One worker after the other, each over a wire of its own that can end it at any step."""

import asyncio
import contextlib
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


class Lane:
    """Workers that run one at a time."""

    def __init__(self, wire: Wire, nursery: Process) -> None:
        self.wire, self._nursery = wire, nursery

    async def work(self, at_once: int = 1) -> None:
        """A worker that nothing happens to, until nothing is due."""
        self.wire.arm(None)
        await _ended(await self._born(at_once))

    async def killed(self, at: int, how: How) -> bool:
        """A worker that is killed at a step; whether it got so far."""
        return await self._stopped(at, how, signal.SIGKILL)

    async def cut(self, at: int, how: How) -> bool:
        """A worker that goes on while one of its connections breaks at a step."""
        return await self._stopped(at, how, None)

    async def _stopped(self, at: int, how: How, sent: signal.Signals | None) -> bool:
        born: list[int] = []
        stop = Stop(at, how, lambda: _send(born[0], sent) if sent else None)
        self.wire.arm(stop)
        born.append(await self._born(1))
        await _ended(born[0])
        return stop.reached.is_set()

    async def _born(self, at_once: int) -> int:
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(f"{at_once}\n".encode())
        return int(await self._nursery.stdout.readline())


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
async def lane(environment: Mapping[str, str], log: Path) -> AsyncIterator[Lane]:
    """A lane until the end of the block; `environment` is a worker's, its addresses are led over the wire."""
    wire = Wire()
    async with contextlib.AsyncExitStack() as stack:
        led = dict(environment)
        for name, value in environment.items():
            if name == "DATABASE_URL" or name.endswith("__BASE_URL"):
                parts = urlsplit(value)
                port = await stack.enter_async_context(wire.to(parts.hostname or "", parts.port or 0))
                led[name] = value.replace(f":{parts.port}", f":{port}")
        # Unbuffered: what a worker says before it is killed counts.
        words = (sys.executable, "-u", "-m", "tests.chaos.nursery")
        with log.open("ab") as kept:
            nursery = await asyncio.create_subprocess_exec(
                *words, cwd=ROOT, env={**os.environ, **led}, stdin=PIPE, stdout=PIPE, stderr=kept
            )
        try:
            yield Lane(wire, nursery)
        finally:
            assert nursery.stdin is not None
            nursery.stdin.close()
            await nursery.wait()
