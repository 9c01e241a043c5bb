"""`./nest bench jobs`: the five queues beside publishing, with jobs that do nothing.

How many are put into a queue a second, one a transaction and all in one; how many one worker does a second at batches
of 1, 10 and 50; and how long after their moment 200 jobs begin that are due at the same. The floor is a commit of one
row by one connection, on the same disk in the same minute.
"""

import argparse
import asyncio
import contextlib
import statistics
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from benchmarks.ground import ground
from benchmarks.report import Gate, Report
from clientnest import jobs
from clientnest.database import run, system_unit_of_work
from clientnest.jobs import Job
from clientnest.jobs.worker import Worker

QUEUE = "analytics_processing"
_NOTHING = "bench.nothing"
BATCHES = (1, 10, 50)
_LONGEST = 300.0


@jobs.kind(_NOTHING, QUEUE, at_once=1000, per_workspace=1000)
async def nothing(job: Job) -> None:
    """It is the queue that is measured."""


async def _floor(many: int) -> float:
    """Commits a second."""
    began = time.perf_counter()
    for number in range(many):
        async with system_unit_of_work() as session:
            await session.execute(
                text("insert into app.worker_heartbeats (name) values (:name)"), {"name": f"floor {number}"}
            )
    rate = many / (time.perf_counter() - began)
    async with system_unit_of_work() as session:
        await session.execute(text("delete from app.worker_heartbeats"))
    return rate


async def _one_by_one(many: int) -> float:
    began = time.perf_counter()
    for number in range(many):
        async with system_unit_of_work() as session:
            await jobs.enqueue(session, QUEUE, _NOTHING, {"n": number})
    return many / (time.perf_counter() - began)


async def _put(many: int, run_at: datetime | None = None) -> float:
    began = time.perf_counter()
    async with system_unit_of_work() as session:
        told = [jobs.new(QUEUE, _NOTHING, {"n": number}, run_at=run_at) for number in range(many)]
        await jobs.enqueue_all(session, told)
    return many / (time.perf_counter() - began)


async def _emptied() -> None:
    async with system_unit_of_work() as session:
        await session.execute(text("delete from app.jobs"))


@contextlib.asynccontextmanager
async def _working(batch: int) -> AsyncIterator[None]:
    stop = asyncio.Event()
    serving = asyncio.create_task(Worker(at_once=max(batch, 10), batch=batch).serve(stop))
    try:
        yield
    finally:
        stop.set()
        await serving


async def _done(many: int) -> None:
    deadline = time.monotonic() + _LONGEST
    query = text("select count(*) from app.jobs where state = 'done'")
    while True:
        async with system_unit_of_work() as session:
            if (await session.execute(query)).scalar_one() >= many:
                return
        if time.monotonic() > deadline:
            raise SystemExit(f"The jobs were not done within {_LONGEST:.0f} s.")
        await asyncio.sleep(0.05)


async def _drained(many: int, batch: int) -> float:
    """Jobs a second by the database's clock, from the first that began to the last that ended."""
    await _emptied()
    await _put(many)
    async with _working(batch):
        await _done(many)
    query = text("select extract(epoch from max(ended_at) - min(started_at))::float from app.jobs")
    async with system_unit_of_work() as session:
        seconds: float = (await session.execute(query)).scalar_one()
    return many / seconds


async def _lateness(many: int) -> list[float]:
    """Milliseconds from due to begun, in order."""
    await _emptied()
    async with _working(10):
        await _put(many, datetime.now(UTC) + timedelta(seconds=1.5))
        await _done(many)
    query = text("select extract(epoch from started_at - run_at)::float * 1000 from app.jobs order by 1")
    async with system_unit_of_work() as session:
        return list((await session.execute(query)).scalars())


async def _measured(many: int, due: int) -> list[dict[str, Any]]:
    floor = await _floor(min(many, 1000))
    rows = [
        {"what": "floor: one row a commit", "per s": round(floor), "p50 ms": None, "p99 ms": None},
        {"what": "put, one a transaction", "per s": round(await _one_by_one(min(many, 1000)))},
        {"what": f"put, {many:,} in one", "per s": round(await _put(many))},
    ]
    rows += [{"what": f"done at batches of {batch}", "per s": round(await _drained(many, batch))} for batch in BATCHES]
    late = await _lateness(due)
    at = statistics.quantiles(late, n=100)
    rows.append({"what": f"{due} due at once", "p50 ms": round(at[49], 1), "p99 ms": round(at[98], 1)})
    return [{name: row.get(name) for name in ("what", "per s", "p50 ms", "p99 ms")} for row in rows]


def measure(many: int, due: int) -> Report:
    with ground():
        rows = run(_measured(many, due))
    last = rows[-1]["p99 ms"]
    gates = [Gate(f"p99 of {due} due at once, ms", last, "<= 1000")] if due == 200 else []
    return Report("jobs", rows, gates)


def main() -> int:
    parser = argparse.ArgumentParser(prog="nest bench jobs", description=__doc__)
    parser.add_argument("--jobs", type=int, default=5000, help="how many are put and done")
    parser.add_argument("--quick", action="store_true", help="a sample: a few, no goals of speed")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    report = measure(100, 20) if asked.quick else measure(asked.jobs, 200)
    report.show(as_json=asked.json)
    return 0 if all(gate.holds for gate in report.gates) else 1


if __name__ == "__main__":
    sys.exit(main())
