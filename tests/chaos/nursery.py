"""`python -m tests.chaos.nursery`: a process that has imported all that a worker needs, and forks one per line.

It reads how many publications the worker attempts at once, and answers with its process id. The worker ends when
nothing is due. It holds no connection that a fork would share.
"""

import asyncio
import os
import signal
import sys

from clientnest.database import run
from publishing.publications.attempt import work_one


async def _work(at_once: int) -> None:
    async def one() -> None:
        while await work_one():
            pass

    await asyncio.gather(*(one() for _ in range(at_once)))


def main() -> None:
    # Whoever ends is not waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            # The log is what the worker says; the answers are the nursery's.
            os.dup2(2, 1)
            run(_work(int(line)))
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
