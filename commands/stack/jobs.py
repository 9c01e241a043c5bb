"""Works off the jobs of all rooms: `python -m commands.stack.jobs`, and with `apart` one that broke its worker."""

import asyncio
import contextlib
import signal
import sys
from importlib import import_module

import structlog

from clientnest.database import run
from clientnest.jobs.worker import Worker, work_one_apart
from clientnest.watchdog import watched

# Where rooms register what they can do.
KINDS = ("ingestion.events.jobs", "publishing.media.jobs")
_APART = (sys.executable, "-m", "commands.stack.jobs", "apart")


async def _serve() -> None:
    stop = asyncio.Event()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_, stop.set)
    structlog.get_logger().info("jobs.worker_started")
    await Worker(apart=_APART).serve(stop)


async def _apart() -> None:
    work = asyncio.create_task(work_one_apart())
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_, work.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await work


def main(arguments: list[str]) -> None:
    for module in KINDS:
        import_module(module)
    run(watched(_apart() if arguments == ["apart"] else _serve()))


if __name__ == "__main__":
    main(sys.argv[1:])
