"""`python -m tests.chaos.nursery`: a process that has imported all that a worker needs, and forks one per line.

It reads `{"at_once": 1, "environment": {}}`, how many publications the worker attempts at once and where its places
are, and answers with its process id. The worker ends when nothing is due. It holds no connection that a fork would
share.
"""

import asyncio
import gc
import json
import os
import signal
import sys

from clientnest.database import run
from clientnest.settings import settings
from publishing.publications.attempt import work_one


async def _work(at_once: int) -> None:
    async def one() -> None:
        while await work_one():
            pass

    await asyncio.gather(*(one() for _ in range(at_once)))


def main() -> None:
    # Whoever ends is not waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # What is made at the first use is made once, and not by every fork.
    run(_work(1))
    gc.freeze()
    for line in sys.stdin:
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            # The log is what the worker says; the answers are the nursery's.
            os.dup2(2, 1)
            os.environ.update(told["environment"])
            settings.cache_clear()
            run(_work(told["at_once"]))
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
