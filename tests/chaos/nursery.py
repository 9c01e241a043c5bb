"""`python -m tests.chaos.nursery`: a process that has imported all that a worker needs, and forks one per line.

It reads `{"at_once": 1, "environment": {}, "clock": 0}`, how many publications the worker attempts at once, where its
places are and by how many seconds its clock is wrong, and answers with its process id; with 0 once it is ready. The
worker ends when nothing is due; it waits for no network, so that what a network takes its time for is another
attempt. The nursery holds no connection that a fork would share.
"""

import asyncio
import contextlib
import gc
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta

import httpx
import time_machine

from clientnest.database import run
from clientnest.settings import settings
from publishing.publications.attempt import work_one


async def _warmed() -> None:
    """What is loaded at the first call of a network is loaded once, and not by every fork."""
    async with httpx.AsyncClient() as client:
        with contextlib.suppress(httpx.ConnectError):
            await client.get("http://127.0.0.1:9")
    await _work(1)


async def _work(at_once: int) -> None:
    async def one() -> None:
        while await work_one(patience=timedelta(0)):
            pass

    await asyncio.gather(*(one() for _ in range(at_once)))


def main() -> None:
    # Whoever ends is not waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    run(_warmed())
    gc.freeze()
    # Whatever is due from now on is for those who are born.
    sys.stdout.write("0\n")
    sys.stdout.flush()
    for line in sys.stdin:
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            # The log is what the worker says; the answers are the nursery's.
            os.dup2(2, 1)
            os.environ.update(told["environment"])
            settings.cache_clear()
            with time_machine.travel(datetime.now(UTC) + timedelta(seconds=told["clock"])):
                run(_work(told["at_once"]))
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
