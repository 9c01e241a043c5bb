"""The supervisor over toy processes: order, restarts, what it writes down, and what becomes of it all when it ends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import psutil
import pytest

from commands.stack import control
from commands.stack.installation import find_or_make
from commands.stack.leftovers import end_leftovers
from tests.commands.conftest import Nest, free_ports
from tests.conftest import ROOT, until

Supervise = Callable[..., "Watch"]

# Writes its name and the moment into the diary, with what it is told, until it is told to stop.
TOY = """
import os, signal, sys, time
name, home = sys.argv[1:3]
def note(word):
    with open(home + "/diary", "a") as diary:
        diary.write(f"{name} {word}\\n")
def stop(number, frame):
    note(signal.Signals(number).name)
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
note("starts")
open(f"{home}/{name}.ready", "w").close()
"""
STAYS = TOY + "time.sleep(300)"
CRASHES = TOY + "sys.exit(3)"
ENDS = TOY
DEAF = TOY.replace("signal.signal(signal.SIGTERM, stop)", "signal.signal(signal.SIGTERM, signal.SIG_IGN)") + (
    "time.sleep(300)"
)
# Its child would outlive it.
PARENT = TOY + "import subprocess; subprocess.run([sys.executable, '-c', 'import time; time.sleep(300)'])"


class Watch:
    """A running supervisor, as another process sees it."""

    def __init__(self, nest: Nest, process: subprocess.Popen[bytes]) -> None:
        self.nest, self.process, self.installation = nest, process, nest.installation()

    @property
    def processes(self) -> dict[str, dict[str, Any]]:
        return dict(control.state(self.installation).get("processes", {}))

    def wait_for(self, name: str, state: str, seconds: float = 30) -> dict[str, Any]:
        until(lambda: self.processes.get(name, {}).get("state") == state, seconds, f"{name} {state}")
        return self.processes[name]

    @property
    def diary(self) -> list[str]:
        path = self.nest.home / "diary"
        return path.read_text().splitlines() if path.exists() else []

    def pids(self) -> dict[str, int]:
        return {name: shown["pid"] for name, shown in self.processes.items() if shown["pid"]}


def lives(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


@pytest.fixture
def supervise(inside: Nest) -> Iterator[Supervise]:
    """Start a supervisor over `name=(program, what Process takes)`."""
    find_or_make(None)
    started: list[Watch] = []

    def start(**toys: tuple[str, dict[str, Any]]) -> Watch:
        described = [
            {"name": name, "argv": [sys.executable, "-c", program, name, str(inside.home)], **more}
            for name, (program, more) in toys.items()
        ]
        script = inside.home / "toys.json"
        script.write_text(json.dumps(described))
        watch = Watch(
            inside,
            subprocess.Popen([sys.executable, "-m", "tests.commands.toys", script], cwd=ROOT, env=inside.environment),
        )
        started.append(watch)
        until(lambda: control.running_supervisor(watch.installation) == watch.process.pid, 30, "the supervisor")
        return watch

    yield start
    for watch in started:
        watch.process.terminate()
        watch.process.wait(40)
        end_leftovers(control.state(watch.installation))


def test_each_starts_when_those_it_needs_are_ready(supervise: Supervise) -> None:
    watch = supervise(
        third=(STAYS, {"after": ["second"]}),
        second=(STAYS, {"after": ["first", "task"], "ready_file": "second.ready"}),
        task=(ENDS, {"once": True}),
        first=(STAYS, {"ready_file": "first.ready", "port": 1234}),
    )
    assert watch.wait_for("third", "running")["restarts"] == 0
    begun = [line.split()[0] for line in watch.diary]
    assert set(begun[:2]) == {"first", "task"}
    assert begun[2:] == ["second", "third"]
    task = watch.processes["task"]
    assert (task["state"], task["exit_code"], task["pid"]) == ("done", 0, None)
    assert watch.processes["first"]["port"] == 1234
    assert watch.processes["first"]["ready_after_s"] is not None


def test_who_needs_what_is_never_ready_waits(supervise: Supervise) -> None:
    watch = supervise(never=(STAYS, {"ready_file": "a file that nobody makes"}), waits=(STAYS, {"after": ["never"]}))
    watch.wait_for("never", "starting")
    until(lambda: watch.diary == ["never starts"], what="the first")
    assert watch.processes["waits"] == {**watch.processes["waits"], "state": "waiting", "pid": None}


def test_a_crashed_one_is_started_again_later_each_time_and_shown_as_such(supervise: Supervise) -> None:
    watch = supervise(crashes=(CRASHES, {}), stays=(STAYS, {}))
    until(lambda: watch.processes.get("crashes", {}).get("restarts", 0) >= 3, 30, "three restarts")
    shown = watch.wait_for("crashes", "backoff")
    assert shown["exit_code"] == 3
    assert watch.processes["stays"]["restarts"] == 0
    said = watch.nest("doctor")
    assert said.returncode == 1
    assert f"crashes keeps ending (exit 3): read the end of {watch.nest.home}/logs/crashes.log" in said.stdout


def test_one_that_is_killed_comes_back_and_the_others_do_not_notice(supervise: Supervise) -> None:
    watch = supervise(killed=(STAYS, {"ready_file": "killed.ready"}), stays=(STAYS, {}))
    watch.wait_for("killed", "running")
    watch.wait_for("stays", "running")
    before = watch.pids()
    os.kill(before["killed"], signal.SIGKILL)
    until(lambda: watch.pids().get("killed", before["killed"]) != before["killed"], 20, "another process")
    shown = watch.wait_for("killed", "running")
    assert (shown["restarts"], shown["exit_code"]) == (1, -signal.SIGKILL)
    assert watch.pids()["stays"] == before["stays"]


def test_a_program_that_is_not_there_is_shown_and_the_others_run(supervise: Supervise) -> None:
    watch = supervise(absent=(STAYS, {"argv": ["/nowhere/program"]}), stays=(STAYS, {}))
    assert watch.wait_for("absent", "backoff")["exit_code"] == 127
    watch.wait_for("stays", "running")
    assert "/nowhere/program" in (watch.nest.home / "logs" / "absent.log").read_text()


def test_told_to_stop_it_stops_all_and_the_database_last(supervise: Supervise) -> None:
    watch = supervise(
        database=(STAYS, {"interrupt": True, "ready_file": "database.ready"}),
        one=(STAYS, {"after": ["database"], "ready_file": "one.ready"}),
        two=(STAYS, {"after": ["one"], "ready_file": "two.ready"}),
    )
    watch.wait_for("two", "running")
    pids = watch.pids()
    done = watch.nest("down")
    assert (done.returncode, done.stdout) == (0, "Everything is stopped.\n")
    assert watch.process.wait(5) == 0
    assert not any(lives(pid) for pid in pids.values())
    assert {shown["state"] for shown in watch.processes.values()} == {"stopped"}
    assert set(watch.diary[3:5]) == {"one SIGTERM", "two SIGTERM"}
    assert watch.diary[5:] == ["database SIGINT"]
    assert watch.nest("down").stdout == "Nothing is running here.\n"


def test_one_that_does_not_listen_is_ended_by_force(supervise: Supervise) -> None:
    watch = supervise(deaf=(DEAF, {"ready_file": "deaf.ready"}))
    watch.wait_for("deaf", "running")
    pid = watch.pids()["deaf"]
    control.stop(watch.installation)
    assert not lives(pid)


def test_what_a_killed_supervisor_left_is_ended_and_nothing_else(supervise: Supervise, inside: Nest) -> None:
    watch = supervise(
        stays=(STAYS, {"ready_file": "stays.ready"}),
        parent=(PARENT, {"ready_file": "parent.ready"}),
        gone=(PARENT, {"ready_file": "gone.ready"}),
    )
    for name in ("stays", "parent", "gone"):
        watch.wait_for(name, "running")
    until(lambda: all(psutil.Process(watch.pids()[name]).children() for name in ("parent", "gone")), what="children")
    children = [psutil.Process(watch.pids()[name]).children()[0].pid for name in ("parent", "gone")]
    watch.process.kill()
    watch.process.wait()
    assert control.running_supervisor(watch.installation) is None
    # One of them has died since, and its child goes on.
    os.kill(watch.pids()["gone"], signal.SIGKILL)
    until(lambda: not lives(watch.pids()["gone"]), what="its end")
    assert all(lives(pid) for pid in (watch.pids()["stays"], watch.pids()["parent"], *children))

    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True) as stranger:
        try:
            state = control.state(watch.installation)
            # The number of a process that ended long ago, which the stranger has by now.
            state["processes"]["old"] = {**state["processes"]["stays"], "pid": stranger.pid, "created": 1.0}
            end_leftovers(state)
            assert lives(stranger.pid)
        finally:
            stranger.kill()
    assert not any(lives(pid) for pid in (*watch.pids().values(), *children))


def test_a_second_supervisor_leaves_at_once(supervise: Supervise) -> None:
    watch = supervise(stays=(STAYS, {}))
    second = subprocess.run(
        [sys.executable, "-m", "commands.stack.supervisor"],
        cwd=ROOT,
        env=watch.nest.environment,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 0
    assert control.running_supervisor(watch.installation) == watch.process.pid


def test_a_proxy_in_the_environment_is_not_asked_whether_loopback_is_ready(
    supervise: Supervise, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_ports(1)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    server = (
        TOY
        + f"import http.server; http.server.test(http.server.SimpleHTTPRequestHandler, port={port}, bind='127.0.0.1')"
    )
    watch = supervise(server=(server, {"ready": f"http://127.0.0.1:{port}/"}))
    watch.wait_for("server", "running")
