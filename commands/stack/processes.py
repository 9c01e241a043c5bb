"""Which processes an installation consists of, in the order in which they start."""

import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from clientnest.errors import NotReady
from clientnest.settings import ROOT, settings
from commands.stack import postgres, world
from commands.stack.installation import Installation, locate


@dataclass(frozen=True, slots=True)
class Process:
    """One process. `ready` says when others may rely on it: a URL that answers, or a question of our own."""

    name: str
    argv: list[str]
    after: tuple[str, ...] = ()
    ready: str | Callable[[], bool] | None = None
    # Ends by itself; ready when it has ended well.
    once: bool = False
    # Starts only when the demo world is filled, so that the first figures come sooner.
    last: bool = False
    port: int | None = None
    env: dict[str, str] = field(default_factory=dict)
    cwd: Path = ROOT
    identity: postgres.Identity = field(default_factory=postgres.Identity)
    # SIGINT for PostgreSQL: it ends sessions and writes a checkpoint.
    interrupt: bool = False


def all_of(installation: Installation) -> list[Process]:
    """Raises NotReady where PostgreSQL is not to be found."""
    python, chosen = sys.executable, settings()
    dagster_code = chosen.dagster_port + 1
    found: list[Process] = []
    if chosen.database_url is None:
        found.append(_database(installation))
    migrate = [python, "-m", "alembic", "upgrade", "head"]
    found.append(Process("migrations", migrate, tuple(process.name for process in found), once=True))
    parse = [locate("dbt"), "parse", "--project-dir", "dbt_project", "--profiles-dir", "dbt_project"]
    models = Process("models", parse, once=True)
    if installation.kept.seed is not None:
        found.append(_sandbox(installation))
    needs = tuple(process.name for process in found)
    found += [
        models,
        Process(
            "api",
            [
                python,
                "-m",
                "uvicorn",
                "api.main:app",
                "--host",
                "127.0.0.1",
                "--port",
                str(chosen.api_port),
                *("--no-access-log", "--timeout-graceful-shutdown", "5"),
            ],
            needs,
            ready=f"{chosen.api_url}/healthz",
            port=chosen.api_port,
        ),
        Process("worker", [python, "-m", "publishing.publications.worker"], needs, ready=_worker_beats(installation)),
        Process("jobs", [python, "-m", "commands.stack.jobs"], needs),
        Process(
            "dashboard",
            [
                python,
                "-m",
                "streamlit",
                "run",
                str(ROOT / "dashboards" / "server.py"),
                "--server.headless",
                "true",
                *("--server.address", "127.0.0.1", "--server.port", str(chosen.dashboard_port)),
                *("--browser.gatherUsageStats", "false", "--server.fileWatcherType", "none"),
            ],
            ready=f"http://127.0.0.1:{chosen.dashboard_port}/_stcore/health",
            port=chosen.dashboard_port,
            cwd=ROOT / "dashboards",
        ),
        Process(
            "dagster-code",
            [
                python,
                "-m",
                "dagster",
                "api",
                "grpc",
                "-m",
                "orchestration.definitions",
                "--host",
                "127.0.0.1",
                *("--port", str(dagster_code)),
            ],
            ("migrations", "models", "api"),
            ready=lambda: _listens(dagster_code),
            last=True,
            port=dagster_code,
        ),
        Process(
            "dagster",
            [
                locate("dagster-webserver"),
                *("-h", "127.0.0.1", "-p", str(chosen.dagster_port)),
                *("-w", str(installation.home / "dagster" / "workspace.yaml")),
            ],
            ("dagster-code",),
            ready=f"http://127.0.0.1:{chosen.dagster_port}/server_info",
            last=True,
            port=chosen.dagster_port,
        ),
        Process(
            "dagster-daemon",
            [locate("dagster-daemon"), "run", "-w", str(installation.home / "dagster" / "workspace.yaml")],
            ("dagster",),
            last=True,
        ),
        Process(
            "dagster-record",
            ["nice", "-n", "15", python, "-m", "orchestration", "record"],
            ("dagster-daemon",),
            once=True,
            last=True,
        ),
    ]
    return found


def _database(installation: Installation) -> Process:
    chosen = settings()
    cluster = postgres.find(installation.home, chosen.postgres_port, installation.kept.postgres_password, chosen.pg_bin)
    cluster.initialise()

    def answers() -> bool:
        try:
            cluster.wait(0)
        except NotReady:
            return False
        return True

    return Process(
        "database",
        cluster.argv,
        ready=answers,
        port=chosen.postgres_port,
        cwd=Path("/"),
        identity=cluster.identity,
        interrupt=True,
    )


def _sandbox(installation: Installation) -> Process:
    return Process(
        "sandbox",
        [
            sys.executable,
            "-m",
            "sandbox",
            "--json",
            "--seed",
            str(installation.kept.seed),
            *("--ports-from", str(settings().sandbox_port), "--state", str(installation.home / "sandbox")),
            *("--ago", f"P{world.BEGINS.days}D"),
        ],
        ready=lambda: installation.world() is not None,
        port=settings().sandbox_port,
    )


def _worker_beats(installation: Installation) -> Callable[[], bool]:
    def beats() -> bool:
        query = "select exists (select from app.worker_heartbeats where beat_at > now() - interval '15 seconds')"
        try:
            with psycopg.connect(installation.database_url(), connect_timeout=2) as connection:
                row = connection.execute(query).fetchone()
        except psycopg.Error:
            return False
        return bool(row and row[0])

    return beats


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
