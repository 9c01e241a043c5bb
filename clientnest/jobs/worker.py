"""The worker: wakes when a job is due and works it off beside others; any number of them need nothing but the database.

What a worker ended with in the middle is taken up again by another when its lease is over, alone in a process of its
own, so that it drags nothing else along when it ends that one too.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import timedelta

import psycopg
import structlog

from clientnest.database import libpq_url, system_unit_of_work
from clientnest.errors import NestError
from clientnest.jobs.kinds import KINDS, Kind, Refused
from clientnest.jobs.queue import CHANNEL
from clientnest.jobs.repository import LEASE, Claimed, JobRepository

# How many run beside each other in one worker, and how many are claimed at once at the most.
AT_ONCE = 10
# A wake-up may be missed while the database restarts: never sleep longer than this.
_LONGEST_SLEEP = timedelta(seconds=5)
_BEAT_EVERY = LEASE.total_seconds() / 6
_ASKS_EVERY = 15.0
_PRUNE_EVERY = 600.0
# How long what is under way may take when the worker is told to stop, in seconds.
GRACE = 6.0
_log = structlog.get_logger()


class Worker:
    """Works off the registered kinds until told to stop.

    `apart` is the command line of a process that works off one broken job, see `work_one_apart`; without it such jobs
    are left to other workers.
    """

    def __init__(self, *, at_once: int = AT_ONCE, batch: int = AT_ONCE, apart: Sequence[str] = ()) -> None:
        self._at_once, self._batch, self._apart = at_once, batch, apart
        self._wake = asyncio.Event()
        self._running: dict[int, tuple[Claimed, asyncio.Task[None]]] = {}
        self._done: list[Claimed] = []
        self._to_finish = asyncio.Event()

    async def serve(self, stop: asyncio.Event) -> None:
        """Until `stop`; what is under way then has `GRACE` seconds, and is given back when that is not enough."""
        async with asyncio.TaskGroup() as group:
            others = [group.create_task(on()) for on in (self._listen, self._beat, self._finish_on, self._prune_on)]
            others += [group.create_task(self._apart_on())] if self._apart else []
            waker = group.create_task(self._woken_by(stop))
            await self._claim_on(stop)
            await self._end()
            for task in (*others, waker):
                task.cancel()
        await self._finish()

    async def _woken_by(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()

    async def _claim_on(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._wake.clear()
            waiting = _LONGEST_SLEEP
            try:
                room = min(self._at_once - len(self._running), self._batch)
                if room > 0:
                    found = await self._claim(room)
                    if found is None:
                        continue
                    waiting = found
            except Exception:
                # A worker that dies of a database that is away would take all that is under way with it.
                _log.exception("jobs.claim_broke")
            if not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), waiting.total_seconds())

    async def _claim(self, room: int) -> timedelta | None:
        """How long until more may be due; None where something was claimed."""
        kinds = list(KINDS.values())
        async with system_unit_of_work() as session:
            repository = JobRepository(session)
            for ended in await repository.reap(kinds):
                _log.warning("jobs.worker_ended", **ended)
            claimed = await repository.claim(kinds, room)
            waiting = None if claimed else await repository.next()
        for one in claimed:
            self._running[one.job.id] = (one, asyncio.create_task(self._work(one)))
        return None if claimed else min(waiting or _LONGEST_SLEEP, _LONGEST_SLEEP)

    async def _work(self, one: Claimed) -> None:
        try:
            if await _done(one):
                self._done.append(one)
                self._to_finish.set()
            else:
                self._ended(one)
        except asyncio.CancelledError:
            # Who cancels has given it back, or it is no longer ours.
            self._ended(one)

    def _ended(self, one: Claimed) -> None:
        self._running.pop(one.job.id, None)
        self._wake.set()

    async def _finish_on(self) -> None:
        """What has ended while the last ones were written is written together."""
        while True:
            await self._to_finish.wait()
            try:
                await self._finish()
            except Exception:
                _log.exception("jobs.finish_broke")
                await asyncio.sleep(1)

    async def _finish(self) -> None:
        self._to_finish.clear()
        ending, self._done = self._done, []
        if not ending:
            return
        try:
            async with system_unit_of_work() as session:
                await JobRepository(session).finish([one.job for one in ending])
        except BaseException:
            self._done += ending
            self._to_finish.set()
            raise
        for one in ending:
            self._ended(one)

    async def _beat(self) -> None:
        """Leases of what runs are renewed; what is no longer ours, because it was cancelled or taken, is let go."""
        while True:
            await asyncio.sleep(_BEAT_EVERY)
            held = [one.job for one, _ in self._running.values()]
            if not held:
                continue
            try:
                async with system_unit_of_work() as session:
                    still = await JobRepository(session).renew(held)
            except Exception:
                _log.exception("jobs.heartbeat_missed")
                continue
            ending = {one.job.id for one in self._done}
            for job in held:
                if job.id not in still and job.id not in ending and job.id in self._running:
                    self._running[job.id][1].cancel()

    async def _end(self) -> None:
        """Give what is under way its time, and back what needs more."""
        tasks = [task for _, task in self._running.values() if not task.done()]
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE)
        left = [(one, task) for one, task in self._running.values() if not task.done()]
        for _, task in left:
            task.cancel()
        if left:
            await asyncio.wait([task for _, task in left])
            async with system_unit_of_work() as session:
                await JobRepository(session).give_back([one.job for one, _ in left])

    async def _apart_on(self) -> None:
        while True:
            try:
                async with system_unit_of_work() as session:
                    is_broken = await JobRepository(session).broken()
                if is_broken:
                    process = await asyncio.create_subprocess_exec(*self._apart)
                    try:
                        await process.wait()
                    finally:
                        if process.returncode is None:
                            process.terminate()
                            await process.wait()
            except Exception:
                _log.exception("jobs.apart_broke")
            await asyncio.sleep(_LONGEST_SLEEP.total_seconds() / 2)

    async def _prune_on(self) -> None:
        while True:
            try:
                async with system_unit_of_work() as session:
                    await JobRepository(session).prune()
            except Exception:
                _log.exception("jobs.prune_broke")
            await asyncio.sleep(_PRUNE_EVERY)

    async def _listen(self) -> None:
        while True:
            try:
                url = libpq_url("nest_system")
                async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                    await connection.execute(f"listen {CHANNEL}")
                    self._wake.set()
                    while True:
                        async for _ in connection.notifies(timeout=_ASKS_EVERY):
                            self._wake.set()
                        await connection.execute("select 1")
            except psycopg.OperationalError as error:
                _log.warning("jobs.listen_lost", reason=type(error).__name__)
                await asyncio.sleep(1)


async def work_one_apart() -> bool:
    """Work off one job that its worker ended with before; whether there was one. For a process of its own.

    Cancelled, it gives the job back.
    """
    async with system_unit_of_work() as session:
        claimed = await JobRepository(session).claim(KINDS.values(), 1, apart=True)
    for one in claimed:
        work = asyncio.create_task(_done(one))
        try:
            went_well = await _held_on(one, work)
        except asyncio.CancelledError:
            async with system_unit_of_work() as session:
                await JobRepository(session).give_back([one.job])
            raise
        if went_well:
            async with system_unit_of_work() as session:
                await JobRepository(session).finish([one.job])
    return bool(claimed)


async def _held_on(one: Claimed, work: asyncio.Task[bool]) -> bool:
    """Whether it went well, its lease renewed until then; it is let go when it is no longer ours."""
    while not work.done():
        await asyncio.wait([work], timeout=_BEAT_EVERY)
        async with system_unit_of_work() as session:
            if not await JobRepository(session).renew([one.job]):
                work.cancel()
    return not work.cancelled() and work.result()


async def _done(one: Claimed) -> bool:
    """Whether it went well; what did not is written down: for another attempt, or parked after the last one."""
    kind = KINDS[one.job.kind]
    with structlog.contextvars.bound_contextvars(job=one.job.id, kind=kind.name):
        try:
            async with asyncio.timeout(kind.timeout) as clock:
                await kind.work(one.job)
            return True
        except Exception as error:
            await _failed(one, kind, error, is_late=clock.expired())
    return False


async def _failed(one: Claimed, kind: Kind, error: Exception, *, is_late: bool) -> None:
    is_last = isinstance(error, Refused) or one.tried >= kind.attempts
    problem = f"Took longer than {kind.timeout:g} s." if is_late else _words(error)
    _log.warning("jobs.failed", problem=problem, parked=is_last, exc_info=not isinstance(error, NestError | Refused))
    try:
        async with system_unit_of_work() as session:
            wait = None if is_last else kind.wait(one.tried)
            await JobRepository(session).fail(one.job, problem, wait)
    except Exception:
        # Its lease runs out, and it counts as broken off.
        _log.exception("jobs.fail_broke")


def _words(error: Exception) -> str:
    """Ours are said to people; of others only the name, as their words may hold what is nobody's business."""
    return str(error) if isinstance(error, NestError | Refused) else f"Broke: {type(error).__name__}."
