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
from datetime import timedelta
from functools import partial

import psycopg
import structlog
from sqlalchemy import text

from clientnest.database import libpq_url, run, system_unit_of_work, waiting
from clientnest.watchdog import watched
from publishing import comments
from publishing.publications import claims
from publishing.publications.breaker import Breaker
from publishing.publications.repository import Full, PublicationRepository
from publishing.publications.service import CHANNEL
from publishing.publications.underway import UnderWay

_BEAT_EVERY = 5.0
# A comment comes so long after its post at the latest, in seconds.
_COMMENT_EVERY = 2.0
# How often to look for what broke workers, in seconds.
_RISK_EVERY = 5.0
# A wake-up may be missed when the database restarts: never sleep longer than this.
_LONGEST_SLEEP = timedelta(seconds=5)
# How often to ask whether the connection that listens still is one, in seconds.
_ASKS_EVERY = 15.0
_BEAT = (
    text("insert into app.worker_heartbeats (name) values (:name) on conflict (name) do update set beat_at = now()"),
    text("delete from app.worker_heartbeats where beat_at < now() - interval '1 day'"),
    text("delete from app.networks_away where worker = :name"),
)
_AWAY = text("""
    insert into app.networks_away (worker, platform, workspace_id, until)
    values (:name, :platform, :owner, now() + make_interval(secs => :seconds))
""")
_log = structlog.get_logger()


async def serve(stop: asyncio.Event) -> None:
    """Until `stop`; what is under way then is finished."""
    wake, breaker = asyncio.Event(), Breaker()
    async with asyncio.TaskGroup() as group:
        others = [group.create_task(_listen(wake)), group.create_task(_beat(breaker))]
        working = [group.create_task(on(stop)) for on in (partial(_claim_on, wake, breaker), _comment_on, _risk_on)]
        await stop.wait()
        wake.set()
        await asyncio.gather(*working)
        for task in others:
            task.cancel()


async def _claim_on(wake: asyncio.Event, breaker: Breaker, stop: asyncio.Event) -> None:
    under_way = UnderWay(breaker)
    while not stop.is_set():
        wake.clear()
        seconds = _LONGEST_SLEEP.total_seconds()
        try:
            claimed = await claims.claim(under_way.choose, under_way.full, risky=False)
            for one in claimed:
                under_way.begin(one, wake)
            if claimed:
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


async def _until_due(full: Full) -> float:
    async with system_unit_of_work() as session:
        waiting = await PublicationRepository(session).next_due(full)
    return max(0.01, min(waiting or _LONGEST_SLEEP, _LONGEST_SLEEP).total_seconds())


async def _listen(wake: asyncio.Event) -> None:
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(libpq_url("nest_system"), autocommit=True) as connection:
                await connection.execute(f"listen {CHANNEL}")
                while True:
                    async for _ in connection.notifies(timeout=_ASKS_EVERY):
                        wake.set()
                    with waiting():
                        await connection.execute("select 1")
        except psycopg.OperationalError as error:
            _log.warning("publishing.listen_lost", reason=type(error).__name__)
            await asyncio.sleep(1)


async def _beat(breaker: Breaker) -> None:
    """Tell every few seconds that this worker lives, and which networks it leaves alone."""
    name = f"{socket.gethostname()}:{os.getpid()}"
    while True:
        try:
            async with system_unit_of_work() as session:
                for statement in _BEAT:
                    await session.execute(statement, {"name": name})
                for (platform, owner), seconds in breaker.waits.items():
                    told = {"name": name, "platform": platform, "owner": owner, "seconds": seconds}
                    await session.execute(_AWAY, told)
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
