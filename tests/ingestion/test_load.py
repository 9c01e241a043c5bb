"""From pages to `raw`: only what changed, nothing half-written, nothing silently lost."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clientnest.errors import Invalid, NotFound
from ingestion.load import LoadAccount, LoadResult, load, of_resource, replay
from platforms.errors import RateLimited
from platforms.platform import Contract, Field, Page, Platform, PostRef, Resource, Window
from tests.conftest import TestWorkspace
from tests.ingestion.conftest import Query
from tests.ingestion.loading import SHEET, START, WINDOW, account_of, page

CONTRACT = Contract(
    records="json_extract(body, '$.data[*]')",
    fields=(
        Field("external_id", "VARCHAR", "$.id", required=True),
        Field("source", "VARCHAR", "context.source"),
        Field("likes", "BIGINT", "$.counts.likes"),
        Field("rate", "DOUBLE", "$.rate"),
        Field("hidden", "BOOLEAN", "$.hidden"),
        Field("published_at", "TIMESTAMPTZ", "$.time"),
        Field("edited_at", "EPOCH_S", "$.edited"),
        Field("seen_at", "EPOCH_MS", "$.seen"),
        Field("day", "DATE", "$.day"),
        Field("entities", "JSON", "$.entities"),
    ),
    key=("external_id", "source"),
)


@pytest.fixture
def account(workspace: TestWorkspace, database: str) -> LoadAccount:
    return account_of(workspace, database)


def _resource(pages: Iterable[Page | Exception], contract: Contract = CONTRACT, variant: str = "tested") -> Resource:
    """A resource whose network answers with these pages."""

    async def fetch(client: Any, window: Window, posts: Sequence[PostRef]) -> AsyncIterator[Page]:
        for one in pages:
            if isinstance(one, Exception):
                raise one
            yield one

    return Resource(name="posts", fetch=fetch, contract=contract, variant=variant)


async def _load(account: LoadAccount, *pages: Page | Exception, sheet: Platform = SHEET, **options: Any) -> LoadResult:
    return await load(account, sheet, of_resource(_resource(pages, **options)), WINDOW, client=None)


def _counts(result: LoadResult) -> tuple[int, int, int, int]:
    assert result.status == "done", result.problem
    assert result.records == result.written + result.unchanged + result.quarantined
    return result.records, result.written, result.unchanged, result.quarantined


async def test_only_what_changed_is_written(account: LoadAccount, query: Query) -> None:
    first = await _load(account, page([{"id": "a", "counts": {"likes": 1}}, {"id": "b"}], source="s"))
    same = await _load(account, page([{"id": "a", "counts": {"likes": 1}}, {"id": "b"}], 1, source="s"))
    later = await _load(account, page([{"id": "a", "counts": {"likes": 2}}, {"id": "b"}], 2, source="s"))
    back = await _load(account, page([{"id": "a", "counts": {"likes": 1}}], 3, source="s"))

    assert [_counts(result) for result in (first, same, later, back)] == [
        (2, 2, 0, 0),
        (2, 0, 2, 0),
        (2, 1, 1, 0),
        (1, 1, 0, 0),
    ]
    rows = query(
        "select external_id, likes, extract(minute from observed_at)::int, lake_page, lake_record, load_id "
        "from raw.facebook_posts_tested where account_id = %s order by observed_at, external_id",
        account.id,
    )
    assert rows == [
        ("a", 1, 0, 1, 1, first.load_id),
        ("b", None, 0, 1, 2, first.load_id),
        ("a", 2, 2, 1, 1, later.load_id),
        ("a", 1, 3, 1, 1, back.load_id),
    ]
    told = query(
        "select status, pages, records, written, unchanged, quarantined, observed_at, lake_path, finished_at is null "
        "from app.loads where id = %s",
        later.load_id,
    )
    assert told == [("done", 1, 2, 1, 1, 0, START + timedelta(minutes=2), later.lake_path, False)]


async def test_every_type_arrives_as_it_was_sent(account: LoadAccount, query: Query) -> None:
    full = {
        "id": 12345678901234567890,
        "counts": {"likes": 9007199254740993},
        "rate": 0.5,
        "hidden": False,
        "time": "2026-11-01T10:00:00+0100",
        "edited": 1793527200,
        "seen": 1793527200123,
        "day": "2026-11-01",
        "entities": {"tags": ["ü", "☕"]},
    }
    await _load(account, page([full, {"id": "empty", "hidden": None}], source="s"))
    rows = query(
        "select external_id, source, likes, rate, hidden, published_at, edited_at, seen_at, day::text, entities "
        "from raw.facebook_posts_tested where account_id = %s order by external_id",
        account.id,
    )
    edited = datetime.fromtimestamp(1793527200, UTC)
    assert rows == [
        (
            *("12345678901234567890", "s", 9007199254740993, 0.5, False, datetime(2026, 11, 1, 9, tzinfo=UTC)),
            *(edited, edited + timedelta(milliseconds=123), "2026-11-01", {"tags": ["ü", "☕"]}),
        ),
        ("empty", "s", *[None] * 8),
    ]


async def test_what_breaks_the_contract_is_quarantined_with_a_reason(account: LoadAccount, query: Query) -> None:
    broken = [
        ({"id": "x", "counts": {"likes": 12.7}}, "likes is not a whole number: 12.7"),
        ({"id": "x", "counts": {"likes": "many"}}, "likes is not a whole number: many"),
        ({"counts": {"likes": 1}}, "external_id is missing"),
        ({"id": None}, "external_id is missing"),
        ({"id": {"nested": 1}}, 'external_id is not plain text: {"nested":1}'),
        (
            {"id": "x", "time": "soon", "day": "2026-02-30"},
            "published_at is not a time: soon; day is not a day: 2026-02-30",
        ),
        ({"id": "nul\x00"}, "external_id is not plain text: nul"),
    ]
    result = await _load(account, page([{"id": "good"}, *(record for record, _ in broken)]))

    assert _counts(result) == (8, 1, 0, 7)
    rows = query("select reason from raw.quarantine where account_id = %s order by lake_record", account.id)
    assert all(found.startswith(reason) for (found,), (_, reason) in zip(rows, broken, strict=True))

    again = await _load(account, page([{"id": "good"}, *(record for record, _ in broken)], 1))
    assert _counts(again) == (8, 0, 1, 7)
    assert query("select count(*) from raw.quarantine where account_id = %s", account.id) == [(7,)]


async def test_a_page_that_is_not_json_is_quarantined_and_the_others_load(account: LoadAccount, query: Query) -> None:
    pages = [replace(page([]), body=body) for body in (b"<html>Bad gateway</html>", b"\xff\xfe", b"")]
    result = await _load(account, *pages, page([{"id": "good"}]))

    assert _counts(result) == (4, 1, 0, 3)
    rows = query("select lake_page, reason from raw.quarantine where account_id = %s order by lake_page", account.id)
    assert [place for place, _ in rows] == [1, 2, 3]
    assert rows[0][1] == "the page is not JSON"


async def test_no_page_and_an_empty_page_are_no_failure(account: LoadAccount) -> None:
    assert _counts(await _load(account)) == (0, 0, 0, 0)
    assert _counts(await _load(account, page([]))) == (0, 0, 0, 0)


async def test_a_failure_is_recorded_and_leaves_nothing_in_raw(account: LoadAccount, query: Query) -> None:
    limited = RateLimited("budget spent", retry_after=timedelta(minutes=5))
    result = await _load(account, page([{"id": "a"}]), limited)
    unforeseen = await _load(account, ValueError("a bug"))

    assert (result.status, result.problem, result.retry_after) == ("failed", "budget spent", timedelta(minutes=5))
    assert unforeseen.problem == "ValueError: a bug"
    rows = query("select status, problem from app.loads where account_id = %s order by created_at", account.id)
    assert rows == [("failed", "budget spent"), ("failed", "ValueError: a bug")]
    assert _counts(await _load(account, page([{"id": "a"}]))) == (1, 1, 0, 0)


async def test_a_replay_of_the_lake_brings_back_what_the_warehouse_lost(
    account: LoadAccount, query: Query, database: str
) -> None:
    resource = next(resource for resource in SHEET.resources if resource.table == "posts")
    posts = [{"id": f"1_{n}", "created_time": "2026-11-01T10:00:00+0000", "message": str(n)} for n in range(3)]
    told = replace(resource, fetch=_resource([page(posts), replace(page([]), body=b"no JSON")]).fetch)
    first = await load(account, SHEET, of_resource(told), WINDOW, client=None)
    changed = replace(resource, fetch=_resource([page([{**posts[0], "message": "new"}], 1)]).fetch)
    await load(account, SHEET, of_resource(changed), WINDOW, client=None)
    everything = (
        "select external_id, text, observed_at, load_id, lake_path from raw.facebook_posts "
        "where account_id = %s order by observed_at, external_id"
    )
    before = query(everything, account.id)
    assert first.lake_path is not None

    # In an intact warehouse, old pages are no news.
    assert _counts(replay(first.lake_path)) == (4, 0, 3, 1)
    with psycopg.connect(database) as connection:
        connection.execute("delete from raw.facebook_posts where load_id = %s", [first.load_id])
        connection.execute("delete from raw.quarantine where load_id = %s", [first.load_id])
        connection.execute("delete from app.loads where id = %s", [first.load_id])
    assert _counts(replay(first.lake_path)) == (4, 3, 0, 1)
    assert query(everything, account.id) == before
    assert query("select status, written from app.loads where id = %s", first.load_id) == [("done", 3)]
    assert _counts(replay(first.lake_path)) == (4, 0, 3, 1)


async def test_a_replay_names_what_it_cannot_read(account: LoadAccount) -> None:
    with pytest.raises(NotFound):
        replay("api/facebook/absent.parquet")
    with pytest.raises(NotFound):
        replay("../../../etc/hostname")
    unknown = await _load(account, page([{"id": "a"}]))
    assert unknown.lake_path is not None
    with pytest.raises(Invalid, match="posts_tested"):
        replay(unknown.lake_path)


async def test_a_contract_may_grow(account: LoadAccount, query: Query) -> None:
    small = replace(CONTRACT, fields=CONTRACT.fields[:2])
    grown = replace(CONTRACT, fields=CONTRACT.fields[:3])
    await _load(account, page([{"id": "a", "counts": {"likes": 3}}]), contract=small, variant="grows")
    result = await _load(
        account, page([{"id": "a", "counts": {"likes": 3}}, {"id": "b"}], 1), contract=grown, variant="grows"
    )

    assert _counts(result) == (2, 2, 0, 0)
    rows = query(
        "select external_id, likes from raw.facebook_posts_grows where account_id = %s order by observed_at, 1",
        account.id,
    )
    assert rows == [("a", None), ("a", 3), ("b", None)]


async def test_two_loads_at_once_write_each_change_once(account: LoadAccount, query: Query) -> None:
    pages = [page([{"id": str(n)} for n in range(50)], minute) for minute in range(4)]
    results = await asyncio.gather(*(_load(account, one) for one in pages))

    assert [result.problem for result in results] == [None] * 4
    rows = query(
        "select count(*), count(distinct external_id), max(observed_at) - min(observed_at) < interval '4 minutes' "
        "from raw.facebook_posts_tested where account_id = %s",
        account.id,
    )
    assert rows[0][1] == 50
    # A load that comes late may add an older moment; never the same one twice.
    assert rows[0][0] <= 50 * 4


async def test_the_lake_holds_the_pages_as_they_came(account: LoadAccount, home: Path) -> None:
    import polars as pl

    sent = page([{"id": "a"}], source="s")
    result = await _load(account, sent)
    assert result.lake_path is not None
    path = home / "lake" / result.lake_path
    assert result.lake_path == (
        f"api/facebook/posts_tested/{account.workspace_id}/{account.id}/2026-11-01/{result.load_id}.parquet"
    )
    assert pl.read_parquet(path).rows() == [(1, sent.received_at, sent.request, '{"source": "s"}', sent.body)]
    assert not list(path.parent.glob(".*"))


# What a network showed of three posts at each minute; the same thing may be shown on several pages.
observations = st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 2), min_size=1), min_size=1, max_size=6)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), seen=observations)
def test_any_split_into_pages_and_loads_gives_the_same_raw(
    data: st.DataObject, seen: list[dict[str, int]], workspace: TestWorkspace, database: str, query: Query
) -> None:
    account = account_of(workspace, database)
    pages: list[Page] = []
    for minute, figures in enumerate(seen):
        records = [{"id": name, "counts": {"likes": likes}} for name, likes in figures.items()]
        cut = data.draw(st.integers(0, len(records)))
        pages += [page(part, minute) for part in (records[:cut], records[cut:])]
    cuts = sorted(data.draw(st.sets(st.integers(1, len(pages)), max_size=3)) | {len(pages)})
    starts = [0, *cuts[:-1]]

    async def run() -> None:
        for start, end in zip(starts, cuts, strict=True):
            _counts(await _load(account, *pages[start:end]))

    asyncio.run(run())
    expected, last = [], dict[str, int]()
    for minute, figures in enumerate(seen):
        for name, likes in sorted(figures.items()):
            if last.get(name) != likes:
                expected.append((name, likes, START + timedelta(minutes=minute)))
            last[name] = likes
    rows = query(
        "select external_id, likes, observed_at from raw.facebook_posts_tested "
        "where account_id = %s order by observed_at, external_id",
        account.id,
    )
    assert rows == expected
