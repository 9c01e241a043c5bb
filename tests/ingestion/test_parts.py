"""A first load of many pages lands part by part while they arrive: all or nothing, and the same as all at once."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from ingestion import lake
from ingestion.load import LoadAccount, LoadResult, load, of_resource, replay
from platforms.errors import Rejected, Unavailable
from platforms.platform import Page
from tests.conftest import TestWorkspace, running, until
from tests.ingestion.conftest import Query
from tests.ingestion.loading import SHEET, START, WINDOW, account_of, land, page, source

# Pages are staged 500 at a time; from the second time on they land.
MANY = 1_200
ROWS = "select external_id, likes, observed_at, lake_page, loaded_at from raw.facebook_posts_plain"
OF_ACCOUNT = f"{ROWS} where account_id = %s order by external_id, observed_at"
LANDING = "select pg_advisory_xact_lock(hashtext('clientnest.landing'))"
Fetch = Callable[[Any, Any, Any], AsyncIterator[Page]]


@pytest.fixture
def account(workspace: TestWorkspace, database: str) -> LoadAccount:
    return account_of(workspace, database)


def _pages(start: int = 0, end: int = MANY, more: int = 0) -> list[Page]:
    return [page([{"id": f"{n:04}", "counts": {"likes": n + more}}]) for n in range(start, end)]


async def _read(account: LoadAccount, fetch: Fetch) -> LoadResult:
    return await load(account, SHEET, replace(source(()), fetch=fetch), WINDOW, client=None)


def _whole(query: Query, account: LoadAccount, result: LoadResult) -> bool:
    """Every row is there once, as its page says, and every post is touched once."""
    rows = [(f"{n:04}", n, START, n + 1, result.kept_at) for n in range(MANY)]
    touched = query("select distinct touches from raw.touched where account_id = %s", account.id)
    return result.written == MANY and query(OF_ACCOUNT, account.id) == rows and touched == [(1,)]


async def test_all_of_it_is_there_once_and_the_same_words_are_no_news(account: LoadAccount, query: Query) -> None:
    first = await land(account, *_pages())
    assert first.problem is None
    assert _whole(query, account, first)
    again = await land(account, *_pages())
    assert (again.written, again.unchanged, again.fingerprint) == (0, MANY, first.fingerprint)


async def test_what_is_said_again_in_a_later_part_is_compared_with_what_was_said_before(
    account: LoadAccount, query: Query
) -> None:
    later = [replace(one, received_at=START + timedelta(minutes=1)) for one in _pages(0, 2)]
    changed = [replace(one, received_at=START + timedelta(minutes=2)) for one in _pages(0, 1, more=7)]
    result = await land(account, *_pages(), *_pages(3, 4, more=1), *later, *changed)
    assert (result.problem, result.written, result.unchanged) == (None, MANY + 1, 3)
    # Of one moment the last word holds; the same word later is no news; another one is.
    told = {(name, likes) for name, likes, *_ in query(OF_ACCOUNT, account.id) if name in ("0000", "0001", "0003")}
    assert told == {("0000", 0), ("0000", 7), ("0001", 1), ("0003", 4)}


@pytest.mark.parametrize("fault", [Rejected("no more"), Unavailable("gone for good")])
async def test_a_network_that_fails_halfway_leaves_nothing(
    account: LoadAccount, query: Query, fault: Exception
) -> None:
    result = await land(account, *_pages(0, 1_100), fault)
    assert result.status == "failed"
    assert query(OF_ACCOUNT, account.id) == query("select from raw.touched where account_id = %s", account.id) == []


async def test_a_network_that_is_asked_a_second_time_is_loaded_once(account: LoadAccount, query: Query) -> None:
    times: Iterator[int] = iter(range(2))

    async def fetch(client: Any, window: Any, about: Any) -> AsyncIterator[Page]:
        is_second = next(times) == 1
        for one in _pages(0, MANY if is_second else 1_100):
            yield one
        if not is_second:
            raise Unavailable("not now")

    assert _whole(query, account, await _read(account, fetch))


@pytest.mark.parametrize("stands", [100, 1_100])
async def test_a_network_that_pauses_holds_up_nobody(
    account: LoadAccount, query: Query, database: str, stands: int
) -> None:
    async def others() -> None:
        """Whoever waits until nothing lands has its turn while the network is silent."""
        async with await psycopg.AsyncConnection.connect(database) as connection:
            await connection.execute("set lock_timeout = '20s'")
            await connection.execute(LANDING.encode())

    result = await _read(account, _pausing(stands, others))
    assert result.problem is None
    assert _whole(query, account, result)


def _pausing(stands: int, meanwhile: Callable[[], Awaitable[None]]) -> Fetch:
    async def fetch(client: Any, window: Any, about: Any) -> AsyncIterator[Page]:
        for n, one in enumerate(_pages()):
            if n == stands:
                await asyncio.sleep(1.5)
                await meanwhile()
            yield one

    return fetch


PROGRAM = """
import asyncio, sys
from uuid import UUID
from ingestion.load import LoadAccount
from tests.ingestion.loading import land
from tests.ingestion.test_parts import _pages
asyncio.run(land(LoadAccount(UUID(sys.argv[1]), UUID(sys.argv[2])), *_pages()))
"""


async def test_a_kill_between_two_parts_leaves_nothing(account: LoadAccount, query: Query, database: str) -> None:
    await land(account)
    argv = [sys.executable, "-c", PROGRAM, str(account.id), str(account.workspace_id)]
    waits = "select count(*) from pg_locks where not granted"
    with psycopg.connect(database) as held:
        held.execute("lock table raw.facebook_posts_plain in share mode")
        with running(argv) as process:
            await asyncio.to_thread(until, lambda: query(waits) == [(1,)], 60, "the load")
            process.kill()
            process.wait(10)
        held.rollback()
    await asyncio.to_thread(until, lambda: query(waits) == [(0,)], 10, "the end of its transaction")
    ((left,),) = query("select lake_path from app.loads where account_id = %s and status = 'running'", account.id)
    assert not lake.holds(left)
    assert query(OF_ACCOUNT, account.id) == []
    assert _whole(query, account, await land(account, *_pages()))


async def test_twins_of_many_parts_end_as_one(account: LoadAccount, query: Query) -> None:
    twins = await asyncio.gather(*(land(account, *_pages()) for _ in range(2)))
    assert sorted((one.problem, one.written) for one in twins) == [(None, 0), (None, MANY)]
    assert _whole(query, account, max(twins, key=lambda one: one.written))


async def test_its_file_alone_brings_the_same_rows(account: LoadAccount, query: Query) -> None:
    def told(n: int) -> Page:
        body = {"data": [{"id": f"1_{n:04}", "created_time": "2026-11-01T10:00:00+0000", "message": f"Text {n}"}]}
        return Page(json.dumps(body).encode(), START, "GET https://network.example/posts")

    posts = next(resource for resource in SHEET.resources if resource.table == "posts")
    scripted = replace(of_resource(posts), fetch=source(_each(told)).fetch)
    result = await load(account, SHEET, scripted, WINDOW, client=None)
    rows = "select to_jsonb(t)::text from raw.facebook_posts t where account_id = %s order by 1"
    before = query(rows, account.id)
    query("delete from raw.facebook_posts where account_id = %s returning 1", account.id)
    assert result.lake_path is not None
    assert await asyncio.to_thread(replay, result.lake_path) == replace(result, cost={}, posts=None)
    assert query(rows, account.id) == before
    assert len(before) == MANY


def _each(told: Callable[[int], Page]) -> Sequence[Page]:
    return [told(n) for n in range(MANY)]
