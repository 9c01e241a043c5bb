"""`python -m publishing.publications.apart`: one attempt at what broke workers before, where it breaks nobody else."""

import sys

from clientnest.database import run
from clientnest.watchdog import watched
from publishing.publications.attempt import work_one

if __name__ == "__main__":
    sys.exit(0 if run(watched(work_one(risky=True))) else 1)
