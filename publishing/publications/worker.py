"""The publishing worker: wakes when something is due, works it off, many at a time.

Any number of workers on any number of machines need nothing but the database. One claims, so that a moment at
which much is due is no stampede; the claimed go out beside each other, no account and no network with more than its
share, so that neither holds up another.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import psycopg
import structlog
from sqlalchemy import text

from clientnest.database import libpq_url, run, system_unit_of_work
from publishing import comments
from publishing.publications import attempt, claims
from publishing.publications.claims import Claimed
from publishing.publications.repository import Due, Full, PublicationRepository
from publishing.publications.service import CHANNEL
from publishing.publications.watchdog import watched

# What a worker has under way at most: on one network, on one account.
OF_NETWORK, OF_ACCOUNT = 128, 4
_BEAT_EVERY = 5.0
# A comment comes so long after its post at the latest, in seconds.
_COMMENT_EVERY = 2.0
# How often to look for what broke workers, in seconds.
_RISK_EVERY = 5.0
# A wake-up may be missed when the database restarts: never sleep longer than this.
_LONGEST_SLEEP = timedelta(seconds=5)
_log = structlog.get_logger()


class _UnderWay:
    """What goes out at this moment, and for whom there is room."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._accounts: Counter[UUID] = Counter()
        self._platforms: Counter[str] = Counter()

    @property
    def full(self) -> Full:
        accounts = frozenset(id_ for id_, many in self._accounts.items() if many >= OF_ACCOUNT)
        return Full(accounts, frozenset(name for name, many in self._platforms.items() if many >= OF_NETWORK))

    def choose(self, due: Sequence[Due]) -> list[Due]:
        """Those for which there is room, in their order."""
        accounts, platforms = self._accounts.copy(), self._platforms.copy()
        chosen = []
        for one in due:
            if accounts[one.account_id] < OF_ACCOUNT and platforms[one.platform] < OF_NETWORK:
                accounts[one.account_id] += 1
                platforms[one.platform] += 1
                chosen.append(one)
        return chosen

    def begin(self, claimed: Claimed, wake: asyncio.Event) -> None:
        """Let it go out; `wake` is set when there is room again."""
        account = claimed.account
        self._accounts[account.id] += 1
        self._platforms[account.platform] += 1
        task = asyncio.create_task(_attempted(claimed))
        self._tasks.add(task)

        def done(_task: asyncio.Task[None]) -> None:
            self._tasks.discard(task)
            self._accounts[account.id] -= 1
            self._platforms[account.platform] -= 1
            wake.set()

        task.add_done_callback(done)

    async def end(self) -> None:
        """Until everything that is under way has ended."""
        await asyncio.gather(*self._tasks)


async def serve(stop: asyncio.Event) -> None:
    """Until `stop`; what is under way then is finished."""
    wake = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        others = [group.create_task(_listen(wake)), group.create_task(_beat())]
        working = [group.create_task(on(stop)) for on in (partial(_claim_on, wake), _comment_on, _risk_on)]
        await stop.wait()
        wake.set()
        await asyncio.gather(*working)
        for task in others:
            task.cancel()


async def _claim_on(wake: asyncio.Event, stop: asyncio.Event) -> None:
    under_way = _UnderWay()
    while not stop.is_set():
        wake.clear()
        seconds = _LONGEST_SLEEP.total_seconds()
        try:
            claimed = await claims.claim(under_way.choose, under_way.full, risky=False)
            for one in claimed or ():
                under_way.begin(one, wake)
            if claimed is not None:
                continue
            seconds = await _until_due(under_way.full)
        except Exception:
            # A worker that dies of a database that is away would take all that is under way with it.
            _log.exception("publishing.claim_broke")
        if not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), seconds)
    await under_way.end()


async def _comment_on(stop: asyncio.Event) -> None:
    """First comments, one after the other."""
    while not stop.is_set():
        try:
            if await comments.work_one():
                continue
        except Exception:
            # As above: what was claimed is a matter for a person when its lease is over.
            _log.exception("comments.claim_broke")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _COMMENT_EVERY)


async def _risk_on(stop: asyncio.Event) -> None:
    """What broke workers before, one after the other, each in a process of its own."""
    while not stop.is_set():
        try:
            async with system_unit_of_work() as session:
                waits = await PublicationRepository(session).due(1, risky=True)
            if waits:
                process = await asyncio.create_subprocess_exec(sys.executable, "-m", "publishing.publications.apart")
                await process.wait()
        except Exception:
            _log.exception("publishing.apart_broke")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _RISK_EVERY)


async def _attempted(claimed: Claimed) -> None:
    try:
        await attempt.work(claimed)
    except Exception:
        # The row keeps its lease and is taken up again.
        _log.exception("publishing.attempt_broke", publication_id=str(claimed.publication.id))


async def _until_due(full: Full) -> float:
    async with system_unit_of_work() as session:
        waiting = await PublicationRepository(session).next_due(full)
    return max(0.01, min(waiting or _LONGEST_SLEEP, _LONGEST_SLEEP).total_seconds())


async def _listen(wake: asyncio.Event) -> None:
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(libpq_url("nest_system"), autocommit=True) as connection:
                await connection.execute(f"listen {CHANNEL}")
                async for _ in connection.notifies():
                    wake.set()
        except psycopg.OperationalError as error:
            _log.warning("publishing.listen_lost", reason=type(error).__name__)
            await asyncio.sleep(1)


async def _beat() -> None:
    name = f"{socket.gethostname()}:{os.getpid()}"
    statement = text(
        "insert into app.worker_heartbeats (name) values (:name) on conflict (name) do update set beat_at = now()"
    )
    forget = text("delete from app.worker_heartbeats where beat_at < now() - interval '1 day'")
    while True:
        try:
            async with system_unit_of_work() as session:
                await session.execute(statement, {"name": name})
                await session.execute(forget)
        except Exception:
            _log.exception("publishing.heartbeat_missed")
        await asyncio.sleep(_BEAT_EVERY)


async def _main() -> None:
    stop = asyncio.Event()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_, stop.set)
    _log.info("publishing.worker_started")
    await serve(stop)


if __name__ == "__main__":
    sys.exit(run(watched(_main())))
