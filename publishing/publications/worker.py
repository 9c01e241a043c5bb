"""The publishing worker: wakes when something is due, works it off, several at a time.

Any number of workers on any number of machines need nothing but the database.
"""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from datetime import timedelta

import psycopg
import structlog
from sqlalchemy import text

from clientnest.database import libpq_url, run, system_unit_of_work
from publishing.publications.attempt import work_one
from publishing.publications.repository import PublicationRepository
from publishing.publications.service import CHANNEL

_AT_ONCE = 4
_BEAT_EVERY = 5.0
# A wake-up may be missed when the database restarts: never sleep longer than this.
_LONGEST_SLEEP = timedelta(seconds=5)
_log = structlog.get_logger()


async def serve(stop: asyncio.Event) -> None:
    """Until `stop`; what is under way then is finished."""
    # One for each, so that none clears what another has not heard yet.
    wakes = [asyncio.Event() for _ in range(_AT_ONCE)]
    async with asyncio.TaskGroup() as group:
        helpers = [group.create_task(_listen(wakes)), group.create_task(_beat())]
        workers = [group.create_task(_work(wake, stop)) for wake in wakes]
        await stop.wait()
        for wake in wakes:
            wake.set()
        await asyncio.gather(*workers)
        for task in helpers:
            task.cancel()


async def _work(wake: asyncio.Event, stop: asyncio.Event) -> None:
    while not stop.is_set():
        wake.clear()
        try:
            if await work_one():
                continue
            seconds = await _until_due()
        except Exception:
            # The row keeps its lease and is taken up again; a worker that dies would take all others with it.
            _log.exception("publishing.attempt_broke")
            seconds = _LONGEST_SLEEP.total_seconds()
        if stop.is_set():
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), seconds)


async def _until_due() -> float:
    async with system_unit_of_work() as session:
        waiting = await PublicationRepository(session).next_due()
    return max(0.01, min(waiting or _LONGEST_SLEEP, _LONGEST_SLEEP).total_seconds())


async def _listen(wakes: list[asyncio.Event]) -> None:
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(libpq_url("nest_system"), autocommit=True) as connection:
                await connection.execute(f"listen {CHANNEL}")
                async for _ in connection.notifies():
                    for wake in wakes:
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
    _log.info("publishing.worker_started", at_once=_AT_ONCE)
    await serve(stop)


if __name__ == "__main__":
    sys.exit(run(_main()))
