"""What the command line says when something is wrong: which thing, and what to do."""

import json
import socket
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from commands.doctor import versions
from commands.stack.installation import Installation, find_or_make
from platforms import PLATFORMS
from tests.commands.conftest import Nest
from tests.conftest import TestWorkspace

SAMPLE = Path(__file__).resolve().parents[2] / "ingestion/files/samples/facebook_metrics.csv"


@pytest.fixture
def made(inside: Nest) -> Installation:
    """An installation that was never started."""
    return find_or_make(3)


@pytest.mark.parametrize(
    "arguments", [("status",), ("status", "--json"), ("import", "a.csv"), ("ingest",), ("report",)]
)
def test_before_the_first_start_every_command_says_how_to_start(nest: Nest, arguments: tuple[str, ...]) -> None:
    done = nest(*arguments)
    assert done.returncode == 1
    assert done.stderr == "nest: There is no installation here: run `./nest up`.\n"
    assert not nest.home.exists()


def test_a_taken_port_is_named_with_its_setting_and_nothing_is_started(nest: Nest) -> None:
    for name, process in (("API", "api"), ("DAGSTER", "dagster")):
        port = int(nest.settings[f"NEST_{name}_PORT"])
        with socket.create_server(("127.0.0.1", port)):
            done = nest("up", "--detach")
            assert done.returncode == 1
            assert f"Port {port} ({process}) is taken by python" in done.stderr
            assert f"or set NEST_{name}_PORT." in done.stderr
            said = nest("doctor")
            assert said.returncode == 1
            assert f"Port {port} ({process}) is taken by python" in said.stdout
    assert not (nest.home / "postgres").exists()
    assert json.loads(nest("status", "--json").stdout)["running"] is False


def test_every_port_of_the_demo_world_is_looked_at(nest: Nest) -> None:
    last = int(nest.settings["NEST_SANDBOX_PORT"]) + 6
    with socket.create_server(("127.0.0.1", last)):
        done = nest("up", "--detach")
    assert f"Port {last} (sandbox+6)" in done.stderr
    assert "or set NEST_SANDBOX_PORT." in done.stderr


def test_a_stopped_installation_still_tells_what_it_knows(made: Installation, inside: Nest) -> None:
    done = inside("status", "--json")
    assert done.returncode == 0
    found = json.loads(done.stdout)
    assert found["running"] is False
    assert found["processes"] == {}
    assert found["database"] == "does not answer"
    assert found["last_ingestion"] is None
    assert found["oldest_due_unpublished"] is None
    assert found["database_url"] == made.database_url()
    assert found["urls"]["api"] == f"http://127.0.0.1:{inside.settings['NEST_API_PORT']}"
    assert found["urls"]["dashboard"] == f"http://127.0.0.1:{inside.settings['NEST_DASHBOARD_PORT']}"
    assert found["urls"]["dagster"] == f"http://127.0.0.1:{inside.settings['NEST_DAGSTER_PORT']}"
    assert {"clientnest", "dagster", "dbt-core", "duckdb"} <= set(found["versions"])
    said = inside("status")
    assert said.returncode == 0
    assert "Nothing is running: `./nest up` starts it." in said.stdout


def test_the_doctor_says_that_nothing_runs(made: Installation, inside: Nest) -> None:
    done = inside("doctor")
    assert done.returncode == 1
    assert done.stdout == "• Nothing is running: run `./nest up`.\n"


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgresql://nest@127.0.0.1:9/nest", "The database of DATABASE_URL does not answer"),
        ("somewhere", "DATABASE_URL is not an address of PostgreSQL: write postgresql://"),
    ],
)
def test_the_doctor_looks_at_the_database_that_was_named(nest: Nest, url: str, sentence: str) -> None:
    done = nest("doctor", DATABASE_URL=url)
    assert done.returncode == 1
    assert sentence in done.stdout
    assert done.stderr == ""


def test_the_doctor_sees_a_user_who_may_not_make_roles(nest: Nest, database: str) -> None:
    assert "may not create roles" not in nest("doctor", DATABASE_URL=database).stdout
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create role nest_visitor login password 'visitor'")
        try:
            url = psycopg.conninfo.make_conninfo(database, user="nest_visitor", password="visitor")
            said = nest("doctor", DATABASE_URL=url).stdout
        finally:
            connection.execute("drop role nest_visitor")
    assert "The user of DATABASE_URL may not create roles: grant CREATEROLE" in said


def test_files_that_cannot_be_imported_are_told_one_by_one_and_the_others_are_read(
    made: Installation, inside: Nest, database: str, workspace: TestWorkspace, tmp_path: Path
) -> None:
    unknown = tmp_path / "letters.csv"
    unknown.write_text("Name,Address\nKari,Storgata 1\n")
    missing = tmp_path / "nowhere.csv"
    where = ("--workspace", str(workspace.id))
    done = inside("import", str(missing), str(unknown), str(SAMPLE), "--dry-run", *where, DATABASE_URL=database)
    assert done.returncode == 1
    assert f"{missing}\n  There is no file {missing}" in done.stdout
    assert f"{unknown}\n" in done.stdout
    assert "facebook_metrics" in done.stdout
    assert "nothing loaded (--dry-run)" in done.stdout
    assert "Traceback" not in done.stderr
    with psycopg.connect(database) as connection:
        connection.execute("set role nest_system")
        loaded = connection.execute("select count(*) from app.file_imports where workspace_id = %s", [workspace.id])
        assert loaded.fetchone() == (0,)


def test_a_window_that_ends_before_it_begins_is_refused(made: Installation, inside: Nest) -> None:
    done = inside("ingest", "--since", "2026-11-22", "--until", "2026-11-20")
    assert done.returncode == 1
    assert done.stderr == "nest: 2026-11-22 is after 2026-11-20: give --since before --until.\n"
    wrong = inside("ingest", "--since", "22.11.2026")
    assert wrong.returncode == 2
    assert "does not match the format" in wrong.stderr


def test_a_version_that_ends_soon_is_told_in_time() -> None:
    dated = [sheet for sheet in PLATFORMS.values() if sheet.sunset is not None]
    assert dated
    for sheet in dated:
        assert sheet.sunset is not None
        (sentence,) = [one for one in versions(sheet.sunset - timedelta(days=60)) if sheet.title in one]
        assert str(sheet.sunset) in sentence
        assert not [one for one in versions(sheet.sunset - timedelta(days=61)) if sheet.title in one]
