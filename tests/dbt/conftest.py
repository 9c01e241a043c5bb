"""dbt as a command against a real warehouse, and rows of `raw` as ingestion writes them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb
from sqlalchemy import make_url

from clientnest.settings import settings
from ingestion.tables import ensure_raw_tables

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "dbt_project"
# Every warning but one, which dbt only shows when debugging: its PostgreSQL adapter has no name for uuid.
WARNINGS_ARE_ERRORS = json.dumps({"error": "all", "warn": ["TypeCodeNotFound"]})
# Without any test.
MODELS = ("--resource-type", "model")
# The tables whose rows say which post they are about.
ABOUT_POSTS = ("posts", "post_metrics", "post_metrics_insights", "post_metrics_daily", "post_metrics_person")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Dbt:
    """The command line, as orchestration calls it."""

    url: str
    target: Path

    def build(self, *arguments: str) -> dict[str, str]:
        """`dbt build` as orchestration calls it: what became of every node, by its name. Output with a warning in it
        fails the test."""
        return self._done("build", "--exclude-resource-type", "unit_test", *arguments)

    def test_units(self) -> dict[str, str]:
        """What became of every unit test of a model, by the model's name and its own."""
        return self._done("test", "--resource-type", "unit_test")

    def _done(self, *arguments: str) -> dict[str, str]:
        done = self.call(*arguments)
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
        results = json.loads((self.target / "run_results.json").read_text())["results"]
        return {result["unique_id"].split(".", 2)[2]: result["status"] for result in results}

    def past(self) -> None:
        """The views of what was known."""
        done = replace(self, target=self.target / "known").call("run", "--target", "known")
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]

    def call(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        url = make_url(self.url)
        environment = {
            **os.environ,
            "NEST_PG_HOST": url.host or "",
            "NEST_PG_PORT": str(url.port or 5432),
            "NEST_PG_USER": url.username or "",
            "NEST_PG_PASSWORD": url.password or "",
            "NEST_PG_DATABASE": url.database or "",
            "DBT_TARGET_PATH": str(self.target),
            "DBT_LOG_PATH": str(self.target / "logs"),
            "DBT_LOG_LEVEL_FILE": "none",
        }
        command = [str(Path(sys.executable).with_name("dbt")), "--warn-error-options", WARNINGS_ARE_ERRORS, *arguments]
        places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        return subprocess.run([*command, *places], env=environment, capture_output=True, text=True, check=False)


@dataclass(slots=True)
class Warehouse:
    """A workspace of its own in the warehouse, and a way to put what was observed into `raw`."""

    url: str
    workspace_id: UUID = field(default_factory=uuid4)
    accounts: dict[str, UUID] = field(default_factory=dict)
    _records: int = 0

    def rows(self, query: str, *values: object) -> list[Any]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def one(self, query: str, *values: object) -> Any:
        """The only row."""
        (row,) = self.rows(query, *values)
        return row

    def connect(self, platform: str, name: str = "Nordlys") -> UUID:
        """An account on a network, as consent leaves it."""
        self.accounts[platform] = uuid4()
        self._insert(
            "app.accounts",
            id=self.accounts[platform],
            workspace_id=self.workspace_id,
            platform=platform,
            external_id=f"{platform} {name}",
            name=name,
            source="api",
            status="connected",
        )
        return self.accounts[platform]

    def loaded(self, platform: str, resource: str, observed_at: datetime = NOW, status: str = "done") -> None:
        """A load that ended."""
        self._insert(
            "app.loads",
            id=uuid4(),
            workspace_id=self.workspace_id,
            account_id=self.accounts[platform],
            platform=platform,
            resource=resource,
            window_start=observed_at,
            window_end=observed_at,
            status=status,
            observed_at=observed_at if status == "done" else None,
            finished_at=datetime.now(UTC),
            **dict.fromkeys(("pages", "records", "written", "unchanged"), 1),
            quarantined=2,
        )

    def observed(self, platform: str, resource: str, observed_at: datetime = NOW, **values: object) -> None:
        """A row of `raw` as it was seen."""
        self._records += 1
        self._insert(
            f"raw.{platform}_{resource}",
            workspace_id=self.workspace_id,
            account_id=self.accounts[platform],
            observed_at=observed_at,
            row_hash=str(self._records),
            load_id=uuid4(),
            lake_path=f"api/{platform}/{resource}/one.parquet",
            lake_page=1,
            lake_record=self._records,
            **values,
        )
        self.touch(platform, str(values["external_id"]) if resource in ABOUT_POSTS else "")

    def touch(self, platform: str, external_id: str) -> None:
        """As a load does, of a post or of the account itself."""
        with psycopg.connect(self.url) as connection:
            connection.execute("set role nest_system")
            connection.execute(
                "insert into raw.touched (workspace_id, account_id, external_id) values (%s, %s, %s)"
                " on conflict (account_id, external_id) do update set touches = touched.touches + 1",
                [self.workspace_id, self.accounts[platform], external_id],
            )

    def told(self, platform: str, kind: str, subject: str, occurred_at: datetime) -> None:
        """Something that the network told by itself, to this workspace's own app."""
        self._insert(
            "app.inbound_events",
            id=uuid4(),
            platform=platform,
            event_id=str(uuid4()),
            signed_for=self.workspace_id,
            kind=kind,
            account_external_id=f"{platform} Nordlys",
            subject_external_id=subject,
            occurred_at=occurred_at,
            body=Jsonb({}),
        )

    def execute(self, statement: LiteralString, *values: object) -> None:
        """As the services do."""
        with psycopg.connect(self.url) as connection:
            connection.execute("set role nest_system")
            connection.execute(statement, values)

    def _insert(self, table: str, **values: object) -> None:
        statement = sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(*table.split(".")),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)),
        )
        with psycopg.connect(self.url) as connection:
            connection.execute("set role nest_system")
            connection.execute(statement, list(values.values()))


@pytest.fixture(scope="module")
def dbt(database: str, home: Path) -> Iterator[Dbt]:
    """dbt on a database of its own, since it makes the marts anew that other tests fill by hand.

    It is always called the same, so that what dbt has read of the models serves every file of tests.
    """
    name = f"nest_dbt_{os.getpid()}"
    url = make_url(database).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("DATABASE_URL", url)
            settings.cache_clear()
            subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, check=True)
            ensure_raw_tables()
            yield Dbt(url, home / "dbt" / "tests")
        settings.cache_clear()
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def new_warehouse(url: str) -> Warehouse:
    """A fresh workspace in the database."""
    made = Warehouse(url)
    organization_id = uuid4()
    made._insert("app.organizations", id=organization_id, name="Test organization")
    made._insert(
        "app.workspaces", id=made.workspace_id, organization_id=organization_id, name="Test brand", timezone="UTC"
    )
    return made
