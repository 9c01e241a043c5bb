"""Dagster over a database of its own, since its runs read every connected account that there is."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString
from uuid import UUID, uuid4

import dagster as dg
import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from clientnest import credentials
from clientnest.credentials import Credential
from clientnest.database import run, system_unit_of_work
from clientnest.settings import settings
from ingestion.tables import ensure_raw_tables
from tests.conftest import ROOT
from tests.sandbox.stage import Stage, running


@pytest.fixture(scope="session")
def definitions(home: Path) -> Iterator[dg.Definitions]:
    """Everything that Dagster sees; the models are parsed once, into this process's home."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DBT_TARGET_PATH", str(home / "dbt" / "target"))
        environment.setenv("DBT_LOG_PATH", str(home / "dbt" / "logs"))
        from orchestration.definitions import defs

        yield defs


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A migrated database that no other room's tests write to."""

    url: str

    def rows(self, query: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as connection:
            connection.execute("set role nest_system")
            return connection.execute(query, values).fetchall()

    def connect(self, external_id: str, access: str, platform: str = "tiktok") -> UUID:
        """An account of a workspace of its own, as the consent flow leaves it."""
        organization, workspace, account = uuid4(), uuid4(), uuid4()
        with psycopg.connect(self.url) as connection:
            connection.execute("insert into app.organizations (id, name) values (%s, 'Agency')", [organization])
            connection.execute(
                "insert into app.workspaces (id, organization_id, name, timezone) values (%s, %s, 'Brand', 'UTC')",
                [workspace, organization],
            )
            connection.execute(
                "insert into app.accounts (id, workspace_id, platform, external_id, name, source, status)"
                " values (%s, %s, %s, %s, 'Brand', 'api', 'connected')",
                [account, workspace, platform, external_id],
            )

        async def keep() -> None:
            async with system_unit_of_work() as session:
                await credentials.store(session, workspace, account, Credential(access, None, None, None, ()))

        run(keep())
        return account

    def disconnect_all(self) -> None:
        with psycopg.connect(self.url) as connection:
            connection.execute("update app.accounts set status = 'disconnected'")


@pytest.fixture(scope="module")
def warehouse(database: str) -> Iterator[Warehouse]:
    name = f"nest_dagster_{uuid4().hex[:12]}"
    url = make_url(database).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("DATABASE_URL", url)
            settings.cache_clear()
            subprocess.run([sys.executable, "-m", "alembic", "upgrade", "head"], cwd=ROOT, check=True)
            ensure_raw_tables()
            yield Warehouse(url)
        settings.cache_clear()
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="module")
def outside(warehouse: Warehouse) -> Iterator[Stage]:
    """The networks, which the settings point to."""
    with running(seed=7) as stage, pytest.MonkeyPatch.context() as environment:
        for name, network in stage.networks.items():
            for key in ("client_id", "client_secret", "base_url"):
                environment.setenv(f"NEST_PLATFORMS__{name.upper()}__{key.upper()}", network[key])
        settings.cache_clear()
        yield stage
    settings.cache_clear()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """Dagster's own records, kept in memory."""
    with dg.DagsterInstance.ephemeral() as made:
        yield made
