"""What these tests ask, and what they read back from the warehouse."""

import json
import select
import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from clientnest import credentials
from clientnest.credentials import Credential
from clientnest.database import run, system_unit_of_work
from clientnest.settings import settings
from ingestion.tables import ensure_raw_tables
from tests.conftest import TestWorkspace, running

Query = Callable[..., list[tuple[Any, ...]]]
Connect = Callable[..., UUID]


class World:
    """A sandbox of these tests alone, and its control door."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.control = httpx.Client(base_url=told["control"], timeout=30)
        self.networks: dict[str, Any] = told["networks"]

    def fault(self, network: str, kind: str, operation: str = "*", **more: Any) -> None:
        asked = {"network": network, "kind": kind, "operation": operation, **more}
        self.control.post("/faults", json=asked).raise_for_status()

    def asked(self, network: str) -> list[dict[str, Any]]:
        """What the network was asked so far."""
        found: list[dict[str, Any]] = self.control.get("/requests", params={"network": network}).json()["requests"]
        return found

    def plant(self, kind: str, network: str, **more: Any) -> None:
        self.control.post("/world", json={"kind": kind, "network": network, **more}).raise_for_status()


@pytest.fixture(scope="module")
def outside(database: str) -> Iterator[World]:
    with (
        running([sys.executable, "-m", "sandbox", "--json", "--seed", "11"]) as process,
        pytest.MonkeyPatch.context() as m,
    ):
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], 60)
        assert ready, "the networks did not start within 60 s"
        told = json.loads(process.stdout.readline())
        for name, network in told["networks"].items():
            for key in ("client_id", "client_secret", "base_url"):
                m.setenv(f"NEST_PLATFORMS__{name.upper()}__{key.upper()}", network[key])
        settings.cache_clear()
        ensure_raw_tables()
        made = World(told)
        with made.control:
            yield made
    settings.cache_clear()


@pytest.fixture
def world(outside: World) -> Iterator[World]:
    yield outside
    outside.control.delete("/faults")


@pytest.fixture
def connect(world: World, workspace: TestWorkspace, database: str) -> Connect:
    """Connects an account of a network as the consent flow leaves it."""

    def connect(network: str, place: int = 0, scopes: tuple[str, ...] = ()) -> UUID:
        account, account_id = world.networks[network]["accounts"][place], uuid4()
        with psycopg.connect(database) as connection:
            connection.execute(
                "insert into app.accounts (id, workspace_id, platform, external_id, name, source, status) "
                "values (%s, %s, %s, %s, 'Brand', 'api', 'connected')",
                [account_id, workspace.id, network, account["external_id"]],
            )

        async def keep() -> None:
            async with system_unit_of_work() as session:
                token = Credential(account["access_token"], None, None, None, scopes)
                await credentials.store(session, workspace.id, account_id, token)

        run(keep())
        return account_id

    return connect


@pytest.fixture
def query(database: str) -> Query:
    """Run SQL as the owner of the database."""

    def run(statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(database) as connection:
            connection.execute("set role nest_system")
            return connection.execute(statement.encode(), parameters).fetchall()

    return run
