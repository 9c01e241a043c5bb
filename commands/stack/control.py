"""The other side of the supervisor: start it, ask how things are, stop it."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

import psutil

from clientnest.errors import NotReady
from clientnest.settings import ROOT, settings
from commands.stack.installation import Installation
from commands.stack.leftovers import end_leftovers
from commands.stack.supervisor import LOCK
from platforms import PLATFORMS

_STARTS_WITHIN = 60.0
_STOPS_WITHIN = 60.0
_SETTING = {
    "database": "NEST_POSTGRES_PORT",
    "sandbox": "NEST_SANDBOX_PORT",
    "api": "NEST_API_PORT",
    "dashboard": "NEST_DASHBOARD_PORT",
    "dagster": "NEST_DAGSTER_PORT",
}


def state(installation: Installation) -> dict[str, Any]:
    """What the supervisor wrote last; empty before the first start."""
    path = installation.run / "state.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def running_supervisor(installation: Installation) -> int | None:
    """Its process id while it runs, which it writes into the file that it locks."""
    with (installation.run / LOCK).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            return int(lock.read() or 0) or None
    return None


def start(installation: Installation) -> None:
    """Start the supervisor in the background, after ending what a killed one left; it runs when this returns.

    Raises NotReady for a taken port.
    """
    end_leftovers(state(installation))
    (installation.run / "state.json").unlink(missing_ok=True)
    (installation.run / "sandbox.out").unlink(missing_ok=True)
    _check_ports(installation)
    with (installation.logs / "supervisor.log").open("ab") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", "commands.stack.supervisor"],
            cwd=ROOT,
            env={**os.environ, "NEST_HOME": str(installation.home)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    deadline = time.monotonic() + _STARTS_WITHIN
    while running_supervisor(installation) is None and started.poll() is None:
        if time.monotonic() > deadline:
            raise NotReady(f"The supervisor does not start: see {installation.logs / 'supervisor.log'}.")
        time.sleep(0.05)


def stop(installation: Installation) -> None:
    """Raises NotReady when it takes longer than a minute."""
    pid = running_supervisor(installation)
    if pid is None:
        return
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOPS_WITHIN
    while running_supervisor(installation) is not None:
        if time.monotonic() > deadline:
            raise NotReady(f"The supervisor (process {pid}) did not stop within a minute: see {installation.logs}.")
        time.sleep(0.1)


def ports() -> dict[str, int]:
    """Every port that an installation listens on, by process."""
    chosen = settings()
    found = {
        "api": chosen.api_port,
        "dashboard": chosen.dashboard_port,
        "dagster": chosen.dagster_port,
        "dagster-code": chosen.dagster_port + 1,
    }
    if chosen.database_url is None:
        found["database"] = chosen.postgres_port
    return found


def taken(installation: Installation) -> list[str]:
    """A sentence for each port that somebody else listens on."""
    wanted = ports()
    if installation.kept.seed is not None:
        # One for its control, one for each network; the shop, Stripe and PayPal.
        many = 1 + len(PLATFORMS) + 3
        wanted |= {f"sandbox+{n}" if n else "sandbox": settings().sandbox_port + n for n in range(many)}
    busy = {name: port for name, port in wanted.items() if not _free(port)}
    listening = _listening() if busy else {}
    return [
        f"Port {port} ({name}) is taken by {listening.get(port, 'another program')}: stop it, or set "
        f"{_SETTING[name.split('+')[0].removesuffix('-code')]}."
        for name, port in busy.items()
    ]


def _check_ports(installation: Installation) -> None:
    if sentences := taken(installation):
        raise NotReady("\n".join(sentences))


def _free(port: int) -> bool:
    """Whether we could listen on it; one that was just given back is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _listening() -> dict[int, str]:
    """Who listens on which port of this machine, as far as we may see."""
    found: dict[int, str] = {}
    for process in psutil.process_iter(["name", "pid"]):
        try:
            connections = process.net_connections("tcp")
        except psutil.Error:
            continue
        for connection in connections:
            if connection.status == psutil.CONN_LISTEN:
                found[connection.laddr.port] = f"{process.info['name']} (process {process.info['pid']})"
    return found
