"""What every room's tests stand on: a real PostgreSQL, migrated, and a fresh workspace in it."""

import base64
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from tests.recording import record

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
# Files that take minutes begin first, the longest ahead: whichever begins last is what everybody waits for.
_LONGEST = (
    "commands/test_whole_stack.py",
    "benchmarks/test_warehouse.py",
    "warehouse/test_year.py",
    "dbt/test_laws.py",
    "warehouse/test_arrivals.py",
    "earnings/test_recovery.py",
    "chaos/test_kills.py",
    "dbt/test_more_marts.py",
    "benchmarks/test_ingest.py",
    "dbt/test_warehouse.py",
    "api/test_as_known.py",
    "ingestion/test_rebuild.py",
)

# A year whose spring is always to come, and never too far ahead to be planned for.
NEXT_YEAR = datetime.now(UTC).year + 1

# Nothing in the suite outlives the machine, so that its PostgreSQL need not wait for the disk.
_FORGETFUL = ("-c", "fsync=off", "-c", "full_page_writes=off")


def pytest_configure(config: pytest.Config) -> None:
    """What sandboxes are asked during the run is held against the networks' documents."""
    record(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {ROOT / "tests" / name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def clocks_go_forward() -> date:
    """The last Sunday in March of `NEXT_YEAR`: Europe's clocks leave out the hour from 01:00 UTC on."""
    last = date(NEXT_YEAR, 3, 31)
    return last - timedelta(days=last.isoweekday() % 7)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def shared(path: str) -> Path:
    """A file of the material beside the project; skips the test where it is absent."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"needs ../shared/{path}, which is not beside this checkout")
    return found


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """A NEST_HOME of this test process, with secrets of its own."""
    folder = Path(tempfile.mkdtemp(prefix="nest-test-"))
    folder.chmod(0o755)
    os.environ["NEST_HOME"] = str(folder)
    os.environ["NEST_VAULT_KEY"] = base64.b64encode(secrets.token_bytes(32)).decode()
    os.environ["NEST_JWT_SECRET"] = base64.b64encode(secrets.token_bytes(32)).decode()
    _forget_settings()
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def database(home: Path) -> Iterator[str]:
    """The libpq URL of an empty, migrated database; DATABASE_URL of this process points to it."""
    outside = os.environ.get("DATABASE_URL")
    with _fresh_database(outside) if outside else _embedded(home) as url:
        os.environ["DATABASE_URL"] = url
        _forget_settings()
        migrated = subprocess.run(
            [sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert migrated.returncode == 0, migrated.stderr
        yield url
        if outside:
            os.environ["DATABASE_URL"] = outside
        else:
            del os.environ["DATABASE_URL"]


@contextlib.contextmanager
def _embedded(home: Path) -> Iterator[str]:
    from commands.stack.postgres import find

    postgres = find(home, free_port(), secrets.token_hex(8))
    postgres.initialise()
    with (home / "postgres.log").open("w") as log:
        server = subprocess.Popen([*postgres.argv, *_FORGETFUL], stdout=log, stderr=log, cwd="/", **postgres.identity)
        try:
            postgres.wait()
            yield postgres.url
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


@contextlib.contextmanager
def _fresh_database(url: str) -> Iterator[str]:
    name = f"nest_test_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'create database "{name}"')
        yield make_url(url).set(drivername="postgresql", database=name).render_as_string(hide_password=False)
        connection.execute(f'drop database "{name}" with (force)')


def _forget_settings() -> None:
    from clientnest.settings import settings

    settings.cache_clear()


@dataclass(frozen=True, slots=True)
class TestWorkspace:
    """A workspace with its owner."""

    __test__ = False
    id: UUID
    user_id: UUID
    organization_id: UUID


@pytest.fixture
def workspace(database: str) -> Iterator[TestWorkspace]:
    """A workspace that no other test knows, and that afterwards has no part in what an application may ask for."""
    made = TestWorkspace(uuid4(), uuid4(), uuid4())
    with psycopg.connect(database) as connection:
        connection.execute(
            "insert into app.organizations (id, name) values (%s, 'Test organization')", [made.organization_id]
        )
        connection.execute(
            "insert into app.users (id, email, name, password_hash) values (%s, %s, 'Test Owner', 'no sign-in')",
            [made.user_id, f"{made.user_id}@example.com"],
        )
        connection.execute(
            "insert into app.workspaces (id, organization_id, name, timezone) values (%s, %s, 'Test brand', 'UTC')",
            [made.id, made.organization_id],
        )
        connection.execute(
            "insert into app.memberships (id, workspace_id, user_id, role) values (%s, %s, %s, 'owner')",
            [uuid4(), made.id, made.user_id],
        )
    yield made
    with psycopg.connect(database) as connection:
        connection.execute(
            "update app.accounts set status = 'disconnected' where workspace_id = %s and source = 'api'", [made.id]
        )
        connection.execute("delete from app.loads where workspace_id = %s", [made.id])


@contextlib.contextmanager
def running(
    argv: list[str], *, env: dict[str, str] | None = None, log: Path | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A process that is stopped when the block ends, by force if it must."""
    with (log or Path(os.devnull)).open("a") as errors:
        process = subprocess.Popen(
            argv, cwd=ROOT, env={**os.environ, **(env or {})}, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
            if process.stdout:
                process.stdout.close()


def until(condition: Callable[[], bool], seconds: float = 20, what: str = "the condition") -> None:
    """Wait for something that another process does; fails the test when it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not come within {seconds} s"
        time.sleep(0.05)
