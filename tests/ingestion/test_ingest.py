"""Connected accounts, read from networks that answer over HTTP: the way of every night."""

import asyncio
import json
import os
import select
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest

from clientnest import credentials
from clientnest.credentials import Credential
from clientnest.database import run, system_unit_of_work
from clientnest.errors import Invalid, NotFound
from clientnest.settings import settings
from ingestion.files import REPORTS
from ingestion.load import LoadResult, ingest, ingest_workspaces
from ingestion.tables import ensure_raw_tables
from platforms import PLATFORMS
from platforms.platform import Window
from tests.conftest import TestWorkspace, running, until
from tests.ingestion.conftest import Query

NOW = datetime.now(UTC)
WINDOW = Window(NOW - timedelta(days=10), NOW)


@dataclass(frozen=True, slots=True)
class World:
    """The networks outside, and their first account each."""

    control: str
    networks: dict[str, Any]

    def posts(self, platform: str, external_id: str) -> set[str]:
        """The ids of the posts of the window, as the outside world itself counts them."""
        ledger = httpx.get(f"{self.control}/ledger", params={"network": platform, "at": WINDOW.end.isoformat()})
        return {
            post["external_id"]
            for post in ledger.json()["posts"]
            if post["account"] == external_id and datetime.fromisoformat(post["created_at"]) >= WINDOW.start
        }

    def account(self, platform: str) -> dict[str, str]:
        found: dict[str, str] = self.networks[platform]["accounts"][0]
        return found


@pytest.fixture(scope="module")
def world(database: str) -> Iterator[World]:
    with running([sys.executable, "-m", "sandbox", "--json", "--seed", "7"]) as process:
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], 60)
        assert ready, "the networks did not start within 60 s"
        told = json.loads(process.stdout.readline())
        networks = told["networks"]
        names = {
            f"NEST_PLATFORMS__{name.upper()}__{key.upper()}": network[key]
            for name, network in networks.items()
            for key in ("client_id", "client_secret", "base_url")
        }
        os.environ.update(names)
        settings.cache_clear()
        yield World(told["control"], networks)
        for name in names:
            del os.environ[name]
        settings.cache_clear()


def _connect(database: str, workspace: TestWorkspace, platform: str, external_id: str, access: str) -> UUID:
    """An account as the consent flow leaves it."""
    account_id = uuid4()
    with psycopg.connect(database) as connection:
        connection.execute(
            "insert into app.accounts (id, workspace_id, platform, external_id, name, source, status) "
            "values (%s, %s, %s, %s, 'Brand', 'api', 'connected')",
            [account_id, workspace.id, platform, external_id],
        )

    async def keep() -> None:
        async with system_unit_of_work() as session:
            token = Credential(access, None, None, None, ())
            await credentials.store(session, workspace.id, account_id, token)

    run(keep())
    return account_id


def _by_resource(results: list[LoadResult]) -> dict[str, LoadResult]:
    return {result.resource: result for result in results}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_connected_account_is_read_whole_and_twice_is_once(
    platform: str, world: World, workspace: TestWorkspace, database: str, query: Query
) -> None:
    brand = world.account(platform)
    account_id = _connect(database, workspace, platform, brand["external_id"], brand["access_token"])
    first = _by_resource(ingest_workspaces(platform, None, WINDOW, workspace_ids=[workspace.id]))
    again = _by_resource(ingest_workspaces(platform, ["posts"], WINDOW, workspace_ids=[workspace.id]))

    assert list(first) == [resource.table for resource in PLATFORMS[platform].resources]
    assert {result.problem for result in first.values()} == {None}
    assert {name: result.quarantined for name, result in first.items() if result.quarantined} == {}
    assert first["posts"].written == first["posts"].records > 0
    assert first["post_metrics"].written > 0
    assert (again["posts"].written, again["posts"].unchanged) == (0, first["posts"].written)
    seen = query(f"select distinct external_id from raw.{platform}_posts where account_id = %s", account_id)
    assert world.posts(platform, brand["external_id"]) <= {external_id for (external_id,) in seen}


async def test_an_account_that_must_be_connected_again_is_marked_and_every_resource_says_so(
    world: World, workspace: TestWorkspace, database: str, query: Query
) -> None:
    external_id = world.account("x")["external_id"]
    account_id = await asyncio.to_thread(_connect, database, workspace, "x", external_id, "revoked")
    results = await ingest(account_id, None, WINDOW)

    assert [result.resource for result in results] == [resource.table for resource in PLATFORMS["x"].resources]
    assert {result.status for result in results if result.resource != "post_metrics"} >= {"failed"}
    assert query("select status from app.accounts where id = %s", account_id) == [("reconnect_needed",)]
    loads = query("select resource, status, problem from app.loads where account_id = %s", account_id)
    assert {(r.resource, r.status, r.problem) for r in results} == set(loads)
    assert not any("revoked" in (problem or "") for _, _, problem in loads)


async def test_an_account_without_a_token_says_how_to_get_one(workspace: TestWorkspace, database: str) -> None:
    account_id = uuid4()
    with psycopg.connect(database) as connection:
        connection.execute(
            "insert into app.accounts (id, workspace_id, platform, external_id, name, source, status) "
            "values (%s, %s, 'tiktok', 'open-id', 'Brand', 'api', 'connected')",
            [account_id, workspace.id],
        )
    results = await ingest(account_id, ["posts"], WINDOW)

    assert [(r.resource, r.status) for r in results] == [("posts", "failed")]
    assert "connect it again" in (results[0].problem or "")


async def test_wrong_questions_are_answered_before_anything_is_read(
    world: World, workspace: TestWorkspace, database: str, query: Query
) -> None:
    brand = world.account("tiktok")
    account_id = await asyncio.to_thread(
        _connect, database, workspace, "tiktok", brand["external_id"], brand["access_token"]
    )
    with pytest.raises(NotFound):
        await ingest(uuid4(), None, WINDOW)
    with pytest.raises(Invalid, match="TikTok has no demographics: choose from accounts, post_metrics, posts"):
        await ingest(account_id, ["demographics"], WINDOW)
    with pytest.raises(Invalid, match="zone"):
        await ingest(account_id, None, Window(NOW.replace(tzinfo=None), NOW.replace(tzinfo=None)))
    with pytest.raises(Invalid, match="ends before"):
        await ingest(account_id, None, Window(NOW, WINDOW.start))
    assert query("select count(*) from app.loads where account_id = %s", account_id) == [(0,)]


def test_a_load_that_is_killed_leaves_nothing_and_the_next_one_lands_what_it_kept(
    world: World, workspace: TestWorkspace, database: str, query: Query
) -> None:
    brand = world.account("instagram")
    account_id = _connect(database, workspace, "instagram", brand["external_id"], brand["access_token"])
    ensure_raw_tables()
    program = (
        "import sys; from datetime import datetime; from uuid import UUID\n"
        "from ingestion.load import ingest_workspaces; from platforms.platform import Window\n"
        "start, end = map(datetime.fromisoformat, sys.argv[2:])\n"
        "ingest_workspaces('instagram', None, Window(start, end), workspace_ids=[UUID(sys.argv[1])])\n"
    )
    moments = [WINDOW.start.isoformat(), WINDOW.end.isoformat()]
    waiting = "select count(*) from pg_locks where relation = 'raw.instagram_posts'::regclass and not granted"
    with psycopg.connect(database) as held:
        # The load of the posts stops before its first row, its pages kept, and there the process dies.
        held.execute("lock table raw.instagram_posts in share mode")
        with running([sys.executable, "-c", program, str(workspace.id), *moments]) as process:
            until(lambda: query(waiting) == [(1,)], 60, "the load of the posts")
            process.kill()
            process.wait(10)
        held.rollback()
    until(lambda: query(waiting) == [(0,)], 10, "the end of the dead load's transaction")
    cut_off = query("select id, resource from app.loads where account_id = %s and status = 'running'", account_id)
    assert [resource for _, resource in cut_off] == ["posts"]
    assert query("select count(*) from raw.instagram_posts where account_id = %s", account_id) == [(0,)]

    results = _by_resource(ingest_workspaces("instagram", None, WINDOW, workspace_ids=[workspace.id]))
    assert {result.problem for result in results.values()} == {None}
    assert (results["posts"].written, results["posts"].unchanged) == (0, results["posts"].records)
    told = query("select status, written, kept_at < now() from app.loads where id = %s", cut_off[0][0])
    assert told == [("done", results["posts"].records, True)]
    rows = query(
        "select count(distinct external_id), count(*), count(distinct load_id), min(loaded_at) = max(l.kept_at) "
        "from raw.instagram_posts p join app.loads l on l.id = p.load_id where p.account_id = %s",
        account_id,
    )
    assert rows == [(results["posts"].records, results["posts"].records, 1, True)]


def test_every_raw_table_is_there_before_anything_is_loaded(database: str, query: Query) -> None:
    ensure_raw_tables()
    ensure_raw_tables()

    expected = {f"{sheet.name}_{resource.table}" for sheet in PLATFORMS.values() for resource in sheet.resources}
    expected |= {f"file_{report.name}" for report in REPORTS}
    secured = query(
        "select relname, relrowsecurity and relforcerowsecurity from pg_class "
        "where relnamespace = 'raw'::regnamespace and relkind = 'r'"
    )
    assert expected <= {name for name, _ in secured}
    assert all(forced for _, forced in secured)
