"""What a supervisor that was killed leaves running."""

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psutil

_GRACE = 10.0


def end_leftovers(state: dict[str, Any]) -> None:
    """End what a supervisor that was killed left behind: the very processes it wrote down and theirs, no others."""
    left = set(_leftovers(state))
    for end in (psutil.Process.terminate, psutil.Process.kill):
        for process in left:
            with suppress(psutil.NoSuchProcess):
                end(process)
        deadline = time.monotonic() + _GRACE
        while (left := {process for process in left if _lives(process)}) and time.monotonic() < deadline:
            time.sleep(0.05)


def _leftovers(state: dict[str, Any]) -> Iterator[psutil.Process]:
    """Each of ours leads a session, and a number is not given away while it is that of a session with anybody in it."""
    for shown in state.get("processes", {}).values():
        if shown["pid"] is None:
            continue
        with suppress(psutil.NoSuchProcess):
            leader = psutil.Process(shown["pid"])
            if leader.create_time() != shown["created"]:
                continue
            yield from (leader, *leader.children(recursive=True))
        for process in psutil.process_iter():
            with suppress(OSError):
                if os.getsid(process.pid) == shown["pid"]:
                    yield process


def _lives(process: psutil.Process) -> bool:
    """A zombie does not: it waits for a parent that is not us."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
