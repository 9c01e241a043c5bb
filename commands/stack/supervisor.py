"""Starts the processes of an installation in order, keeps them running, and stops them all when told to.

What it knows is written to `run/state.json` after every change; that file is how other commands see it.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any

import psutil

from clientnest.errors import NestError
from commands.stack.installation import Installation, find, write_json
from commands.stack.processes import Process, all_of

LOCK = "supervisor.lock"
_TICK = 0.2
_HEALTHY_AFTER = 60.0
_LONGEST_BACKOFF = 30.0
_GRACE = 10.0
_NOT_STARTED = 127

# Whatever proxy the environment names is not for loopback.
_loopback = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(slots=True)
class Watched:
    """A process and how it fares: waiting, starting, running, done, backoff or stopped."""

    process: Process
    state: str = "waiting"
    child: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    again_at: float = 0.0
    restarts: int = 0
    in_a_row: int = 0
    exit_code: int | None = None
    ready_after: float | None = None
    since: str = field(default_factory=lambda: datetime.now(UTC).isoformat())

    def become(self, state: str) -> None:
        self.state, self.since = state, datetime.now(UTC).isoformat()

    @property
    def is_ready(self) -> bool:
        return self.state in ("running", "done")

    def shown(self) -> dict[str, Any]:
        alive = self.child is not None and self.child.poll() is None
        pid = self.child.pid if self.child is not None and alive else None
        return {
            "state": self.state,
            "pid": pid,
            "created": psutil.Process(pid).create_time() if pid and psutil.pid_exists(pid) else None,
            "restarts": self.restarts,
            "exit_code": self.exit_code,
            "since": self.since,
            "ready_after_s": self.ready_after,
            "port": self.process.port,
        }


class Supervisor:
    def __init__(self, installation: Installation, processes: list[Process]) -> None:
        self._installation = installation
        self._watched = {process.name: Watched(process) for process in processes}
        self._stopping = False
        self._written: dict[str, Any] = {}

    def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        for signal_ in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signal_, self._stop_asked)
        try:
            while not self._stopping:
                for watched in self._watched.values():
                    self._look_after(watched)
                self._write()
                time.sleep(_TICK)
        finally:
            self._stop_all()

    def _stop_asked(self, *_: object) -> None:
        self._stopping = True

    def _look_after(self, watched: Watched) -> None:
        if watched.child is not None and (code := watched.child.poll()) is not None:
            self._ended(watched, code)
        if watched.state == "waiting" and self._may_start(watched.process):
            self._start(watched)
        elif watched.state == "backoff" and time.monotonic() >= watched.again_at:
            self._start(watched)
        elif watched.state == "starting" and not watched.process.once and _is_ready(watched.process):
            watched.ready_after = round(time.monotonic() - watched.started, 1)
            watched.become("running")
        if watched.state == "running" and time.monotonic() - watched.started > _HEALTHY_AFTER:
            watched.in_a_row = 0

    def _may_start(self, process: Process) -> bool:
        if process.last and self._installation.kept.seed is not None and not self._demo_ready():
            return False
        return all(self._watched[name].is_ready for name in process.after)

    def _demo_ready(self) -> bool:
        if not self._installation.kept.demo_ready:
            found = find(self._installation.home)
            self._installation.kept.demo_ready = bool(found and found.kept.demo_ready)
        return self._installation.kept.demo_ready

    def _start(self, watched: Watched) -> None:
        process = watched.process
        out = self._installation.run / f"{process.name}.out"
        watched.started = time.monotonic()
        with (self._installation.logs / f"{process.name}.log").open("ab") as log, out.open("wb") as first:
            try:
                watched.child = subprocess.Popen(
                    process.argv,
                    cwd=process.cwd,
                    env={**self._installation.environment(), **process.env},
                    stdin=subprocess.DEVNULL,
                    stdout=first if process.name == "sandbox" else log,
                    stderr=log,
                    start_new_session=True,
                    **process.identity,
                )
            except OSError as error:
                log.write(f"{error}\n".encode())
                self._ended(watched, _NOT_STARTED)
                return
        watched.become("starting")

    def _ended(self, watched: Watched, code: int) -> None:
        watched.child, watched.exit_code = None, code
        if watched.process.once and code == 0:
            watched.ready_after = round(time.monotonic() - watched.started, 1)
            watched.become("done")
            return
        watched.restarts += 1
        watched.in_a_row += 1
        watched.again_at = time.monotonic() + min(2.0 ** (watched.in_a_row - 1), _LONGEST_BACKOFF)
        watched.become("backoff")

    def _write(self) -> None:
        shown = {name: watched.shown() for name, watched in self._watched.items()}
        if shown != self._written:
            state = {"supervisor": os.getpid(), "stopping": self._stopping, "processes": shown}
            write_json(self._installation.run / "state.json", state)
            self._written = shown

    def _stop_all(self) -> None:
        """All at once, but the database: it stops when nobody uses it any more."""
        self._write()
        rest = [watched for watched in self._watched.values() if not watched.process.interrupt]
        for group in (rest, [watched for watched in self._watched.values() if watched.process.interrupt]):
            for watched in group:
                _signal(watched, signal.SIGINT if watched.process.interrupt else signal.SIGTERM)
            deadline = time.monotonic() + _GRACE
            for watched in group:
                _wait(watched, deadline)
                watched.become("stopped")
        self._write()


def _signal(watched: Watched, signal_: signal.Signals) -> None:
    """The whole group of a process, but PostgreSQL, whose children it ends itself."""
    if watched.child is None or watched.child.poll() is not None:
        return
    if watched.process.interrupt:
        watched.child.send_signal(signal_)
    else:
        os.killpg(watched.child.pid, signal_)


def _wait(watched: Watched, deadline: float) -> None:
    if watched.child is None:
        return
    try:
        watched.child.wait(max(0.1, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        os.killpg(watched.child.pid, signal.SIGKILL)
        watched.child.wait()


def _is_ready(process: Process) -> bool:
    if process.ready is None:
        return True
    if not isinstance(process.ready, str):
        return process.ready()
    try:
        with _loopback.open(process.ready, timeout=2) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def supervise(installation: Installation, processes: Callable[[Installation], list[Process]]) -> int:
    """Look after these processes until told to stop; nothing where another supervisor does. Answers an exit status."""
    with (installation.run / LOCK).open("a") as lock:
        if not _locked(lock):
            return 0
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            Supervisor(installation, processes(installation)).run()
        except NestError as error:
            write_json(installation.run / "state.json", {"supervisor": None, "error": error.message, "processes": {}})
            return 1
    return 0


def _locked(lock: IO[str]) -> bool:
    """Not at the first refusal: those who only ask whether a supervisor runs hold the lock for a moment."""
    for _ in range(10):
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.1)
    return False


def main() -> int:
    installation = find()
    if installation is None:
        print("There is no installation here: run `./nest up`.", file=sys.stderr)
        return 1
    return supervise(installation, all_of)


if __name__ == "__main__":
    sys.exit(main())
