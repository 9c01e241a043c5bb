"""Runs a contender: how long its work took, and how much memory its processes had at the most."""

import contextlib
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil

from clientnest.settings import ROOT

_EVERY = 0.03


@dataclass(frozen=True, slots=True)
class Measured:
    """`peak_mb` is the resident memory of the process and all its children, in MiB; the database is none of them."""

    seconds: float
    peak_mb: float
    said: Any


def measure(module: str, *arguments: str) -> Measured:
    """Raises CalledProcessError."""
    argv = [sys.executable, "-m", f"benchmarks.contenders.{module}", *arguments]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        peaks: list[int] = [0]
        watch = threading.Thread(target=_watch, args=(psutil.Process(process.pid), peaks))
        watch.start()
        out, _ = process.communicate()
        watch.join()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, argv)
    told = json.loads(out.splitlines()[-1])
    return Measured(told["seconds"], peaks[0] / 2**20, told["said"])


@contextlib.contextmanager
def served(rows: int) -> Iterator[str]:
    """A page server of so many rows; the address of its first page."""
    argv = [sys.executable, "-m", "benchmarks.contenders.server", str(rows)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _watch(process: psutil.Process, peaks: list[int]) -> None:
    """Look again and again until the process is gone; `peaks` holds the most bytes seen."""
    while True:
        try:
            tree = [process, *process.children(recursive=True)]
            peaks[0] = max(peaks[0], sum(one.memory_info().rss for one in tree))
            if process.status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.NoSuchProcess:
            if not process.is_running():
                return
        time.sleep(_EVERY)
