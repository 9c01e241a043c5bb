"""`raw` is what the files of the lake say, whatever the order in which they came and whatever was killed between."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from ingestion import lake
from ingestion.load import LoadAccount
from platforms.platform import Page
from tests.conftest import TestWorkspace, running, until
from tests.ingestion.conftest import Query
from tests.ingestion.loading import START, account_of, canonical, land, page

ROWS = (
    "select external_id, observed_at, loaded_at, lake_page, lake_record, likes from raw.facebook_posts_plain "
    "where account_id = %s"
)


@pytest.fixture
def account(workspace: TestWorkspace, database: str) -> LoadAccount:
    return account_of(workspace, database)


def _told(minute: int, **likes: int) -> Page:
    return page([{"id": name, "counts": {"likes": number}} for name, number in likes.items()], minute)


async def test_what_was_no_news_becomes_news_when_something_older_comes_late(
    account: LoadAccount, query: Query
) -> None:
    first = await land(account, _told(0, a=1, b=5))
    third = await land(account, _told(2, a=1, b=5))
    late = await land(account, _told(1, a=2, b=5))

    assert [(one.written, one.unchanged) for one in (first, third, late)] == [(2, 0), (0, 2), (1, 1)]
    rows = query(
        "select external_id, likes, observed_at, load_id, loaded_at from raw.facebook_posts_plain "
        "where account_id = %s order by external_id, observed_at",
        account.id,
    )
    assert rows == [
        ("a", 1, START, first.load_id, first.kept_at),
        ("a", 2, START + timedelta(minutes=1), late.load_id, late.kept_at),
        ("a", 1, START + timedelta(minutes=2), third.load_id, third.kept_at),
        ("b", 5, START, first.load_id, first.kept_at),
    ]
    touches = query(
        "select external_id, touches from raw.touched where account_id = %s order by external_id", account.id
    )
    assert touches == [("a", 3), ("b", 1)]


async def test_of_what_was_observed_at_one_moment_the_last_word_holds(account: LoadAccount, query: Query) -> None:
    await land(account, _told(0, a=1))
    await land(account, _told(1, a=2))
    back = await land(account, _told(1, a=1))
    again = await land(account, _told(1, a=1))

    assert (back.written, again.written) == (1, 0)
    assert canonical(query(ROWS, account.id)) == [("a", START, 1)]


async def test_a_large_load_is_compared_all_at_once_and_finds_the_same(account: LoadAccount, query: Query) -> None:
    def many(minute: int, changed: int) -> list[Page]:
        numbers = range(5_000)
        records = [{"id": str(n), "counts": {"likes": n + (n == changed)}} for n in numbers]
        return [page(records[start : start + 500], minute) for start in range(0, 5_000, 500)]

    found = [await land(account, *many(minute, changed)) for minute, changed in ((0, -1), (1, -1), (2, 17), (3, 17))]
    assert [one.written for one in found] == [5_000, 0, 1, 0]
    assert query(
        "select likes from raw.facebook_posts_plain where account_id = %s and external_id = '17' order by observed_at",
        account.id,
    ) == [(17,), (18,)]


async def test_the_same_words_are_no_news_unless_something_else_was_said_in_between(
    account: LoadAccount, query: Query
) -> None:
    said = [(1, 1), (1, 1), (2, 1), (1, 1), (1, 1)]
    found = [await land(account, _told(minute, a=a, b=b)) for minute, (a, b) in enumerate(said)]
    assert [one.written for one in found] == [2, 0, 1, 1, 0]
    assert len({one.fingerprint for one in found}) == 2

    # Said twice in one load, neither is the last word alone.
    twice = [await land(account, _told(minute, a=3), _told(minute + 1, a=4)) for minute in (10, 12)]
    assert [(one.written, one.fingerprint) for one in twice] == [(2, None), (2, None)]

    # Between the same words something older came late, and was news.
    await land(account, _told(20, a=5, b=5))
    late = await land(account, _told(15, a=6, b=5))
    again = await land(account, _told(21, a=5, b=5))
    assert (late.fingerprint, again.written) == (None, 0)


async def test_what_a_page_repeats_counts_once_and_what_moves_between_pages_is_not_lost(
    account: LoadAccount, query: Query
) -> None:
    # A post is put on top while the pages are read: `b` moves to the second page, and has a like more there.
    first = await land(account, _told(0, c=3, b=2), _told(1, b=3, a=1))
    assert (first.records, first.written) == (4, 4)
    again = await land(account, _told(2, c=3), _told(3, b=3, a=1), _told(3, b=3))
    assert (again.written, again.unchanged) == (0, 4)
    assert canonical(query(ROWS, account.id)) == [
        ("a", START + timedelta(minutes=1), 1),
        ("b", START, 2),
        ("b", START + timedelta(minutes=1), 3),
        ("c", START, 3),
    ]


# What somebody else holds while a load comes by, and whether the load has kept its file by then.
BARRIERS = {
    "COPY is done": ("select pg_advisory_xact_lock(hashtext('clientnest.landing'))", False),
    "the lake file is kept": ("lock table raw.facebook_posts_plain in share mode", True),
    "rows are inserted": ("lock table raw.touched in share mode", True),
    "all but the commit is done": ("lock table app.post_readings in share mode", True),
}
PROGRAM = """
import asyncio, sys
from uuid import UUID
from ingestion.load import LoadAccount
from tests.ingestion.loading import land, page
pages = [page([{"id": n, "counts": {"likes": 1}} for n in "ab"], 0), page([{"id": "c", "counts": {"likes": 2}}], 1)]
asyncio.run(land(LoadAccount(UUID(sys.argv[1]), UUID(sys.argv[2])), *pages))
"""


@pytest.mark.parametrize("barrier", BARRIERS)
async def test_a_kill_at_any_barrier_leaves_what_an_unharmed_load_leaves(
    barrier: str, account: LoadAccount, query: Query, database: str
) -> None:
    await land(account)
    held_by, is_kept = BARRIERS[barrier]
    argv = [sys.executable, "-c", PROGRAM, str(account.id), str(account.workspace_id)]
    waits = "select count(*) from pg_locks where not granted"
    with psycopg.connect(database) as held:
        held.execute(held_by.encode())
        with running(argv) as process:
            await asyncio.to_thread(until, lambda: query(waits) == [(1,)], 60, "the load")
            process.kill()
            process.wait(10)
        held.rollback()
    await asyncio.to_thread(until, lambda: query(waits) == [(0,)], 10, "the end of its transaction")
    assert query("select count(*) from raw.touched where account_id = %s", account.id) == [(0,)]
    (left,) = query("select id, lake_path from app.loads where account_id = %s and status = 'running'", account.id)
    assert lake.holds(left[1]) == is_kept

    following = await land(account, _told(2, a=1, b=1, c=2))
    assert (following.written, following.unchanged) == ((0, 3) if is_kept else (3, 0))
    moments = (START, START, START + timedelta(minutes=1)) if is_kept else [START + timedelta(minutes=2)] * 3
    assert canonical(query(ROWS, account.id)) == list(zip("abc", moments, (1, 1, 2), strict=True))
    if is_kept:
        told = query("select status, written, kept_at from app.loads where id = %s", left[0])
        assert told == [("done", 3, datetime.fromisoformat(lake.read_label(left[1])["kept_at"]))]
        assert {row[2] for row in query(ROWS, account.id)} == {told[0][2]}


async def test_twins_end_as_one(account: LoadAccount, query: Query) -> None:
    pages = [_told(0, a=1, b=2), _told(1, a=2)]
    twins = await asyncio.gather(land(account, *pages), land(account, *pages))
    assert sorted(one.written for one in twins) == [0, 3]
    assert [one.problem for one in twins] == [None, None]
    assert len(query(ROWS, account.id)) == 3


# What the network shows at each moment of a post that keeps its figure or swings back.
seen = st.lists(st.fixed_dictionaries({"a": st.integers(0, 1), "b": st.integers(0, 1)}), min_size=4, max_size=6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), told=seen)
def test_any_order_of_landing_with_any_of_them_landed_late_gives_the_same(
    data: st.DataObject, told: list[dict[str, int]], workspace: TestWorkspace, database: str, query: Query
) -> None:
    pages = [_told(minute, **likes) for minute, likes in enumerate(told)]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(pages)), min_size=3)) | {len(pages)})
    loads = [pages[start:end] for start, end in zip([0, *cuts], cuts, strict=False)]
    order = data.draw(st.permutations(range(len(loads))))
    dead = data.draw(st.sets(st.sampled_from(order), max_size=1))
    account = account_of(workspace, database)

    async def run() -> None:
        for n in order:
            result = await land(account, *loads[n])
            assert result.problem is None
            if n in dead:
                _forget(database, account, str(result.load_id))
        # Lands what is left of the dead.
        await land(account)

    asyncio.run(run())
    expected = canonical(
        (name, START + timedelta(minutes=minute), START, 1, 1, likes)
        for minute, all_likes in enumerate(told)
        for name, likes in all_likes.items()
    )
    assert canonical(query(ROWS, account.id)) == expected


def _forget(database: str, account: LoadAccount, load_id: str) -> None:
    """As if the load had been killed before its transaction ended, where nothing followed yet."""
    with psycopg.connect(database) as connection:
        connection.execute("delete from raw.facebook_posts_plain where load_id = %s", [load_id])
        connection.execute(
            "update app.loads set status = 'running', observed_at = null, kept_at = null where id = %s", [load_id]
        )


async def test_files_are_dated_by_the_clock_of_the_database_and_not_of_a_machine(
    account: LoadAccount, query: Query, database: str
) -> None:
    with psycopg.connect(database, autocommit=True) as owner:
        name = sql.Identifier(owner.info.dbname)
        owner.execute(
            "create schema skewed; grant usage on schema skewed to public;"
            "create function skewed.clock_timestamp() returns timestamptz language sql as"
            " $$select pg_catalog.clock_timestamp() - interval '3 hours'$$"
        )
        owner.execute(sql.SQL("alter database {} set search_path to skewed, pg_catalog, public").format(name))
        try:
            behind = await land(account, _told(0, a=1))
        finally:
            owner.execute(sql.SQL("alter database {} reset search_path").format(name))
            owner.execute("drop schema skewed cascade")
    assert behind.kept_at is not None
    assert timedelta(hours=2) < datetime.now(UTC) - behind.kept_at < timedelta(hours=4)
    assert behind.lake_path is not None
    assert lake.read_label(behind.lake_path)["kept_at"] == behind.kept_at.isoformat()
    assert {row[2] for row in query(ROWS, account.id)} == {behind.kept_at}
