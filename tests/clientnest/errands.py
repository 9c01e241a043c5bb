"""Kinds of jobs for tests, and a worker of them: `python -m tests.clientnest.errands`.

What a job did is a line in a file of the folder NEST_ERRANDS.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from clientnest.database import run
from clientnest.errors import NotReady
from clientnest.jobs import Job, Refused, kind
from clientnest.jobs.worker import Worker, work_one_apart

QUEUE = "analytics_processing"


def wrote(line: str) -> None:
    with (Path(os.environ["NEST_ERRANDS"]) / "lines").open("a") as lines:
        lines.write(f"{line}\n")


@kind("test.note", QUEUE)
async def note(job: Job) -> None:
    wrote(f"{job.payload['as']} {job.attempt}")


@kind("test.slow", QUEUE)
async def slow(job: Job) -> None:
    wrote(f"begins {job.payload['as']} {job.attempt}")
    await asyncio.sleep(job.payload["seconds"])
    wrote(f"ends {job.payload['as']} {job.attempt}")


@kind("test.single", "file_processing", per_account=1, per_workspace=2)
async def single(job: Job) -> None:
    await slow(job)


@kind("test.late", QUEUE, timeout=0.2, attempts=1)
async def late(job: Job) -> None:
    await asyncio.sleep(30)


@kind("test.fails", QUEUE, attempts=3, backoff=0.02)
async def fails(job: Job) -> None:
    wrote(f"fails {job.attempt}")
    raise NotReady("The mill is not turning yet.")


@kind("test.breaks", QUEUE, attempts=1)
async def breaks(job: Job) -> None:
    raise RuntimeError("postgresql://nest:secret@db/nest")


@kind("test.refuses", QUEUE)
async def refuses(job: Job) -> None:
    raise Refused("There is no such file.")


@kind("test.kills", QUEUE, attempts=2)
async def kills(job: Job) -> None:
    wrote(f"kills {job.attempt}")
    await asyncio.sleep(0.2)
    os.kill(os.getpid(), signal.SIGKILL)


async def _serve() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await Worker(apart=(sys.executable, "-m", "tests.clientnest.errands", "apart")).serve(stop)


if __name__ == "__main__":
    # As __main__ the kinds are those of this module, and no second time those of its name.
    run(work_one_apart() if sys.argv[1:] == ["apart"] else _serve())
