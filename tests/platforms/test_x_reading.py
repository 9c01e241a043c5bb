"""X: what is read beside one's own posts, in both vocabularies, what it costs, and metrics that die."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from platforms.platform import PostRef, Window
from platforms.registration import Token
from platforms.x import PLATFORM
from platforms.x.client import Client
from tests.platforms.conftest import Sandbox, Wire, connected, extract, fetch, resource

NOW = datetime.now(UTC)


@pytest.fixture
def planted(sandbox: Sandbox) -> Any:
    def plant(**what: Any) -> None:
        asked = {"network": "x", **what}
        httpx.post(f"{sandbox.control}/world", json=asked, timeout=30).raise_for_status()

    return plant


def client(wire: Wire, http: httpx.AsyncClient) -> Client:
    return Client(wire.app, Token("access"), "2244", http)


async def read(x: Client, name: str, window: Window, posts: list[PostRef], variant: str = "") -> list[dict[str, Any]]:
    found = resource(PLATFORM, name, variant)
    return extract(found.contract, *await fetch(found, x, window, posts))


def young(sandbox: Sandbox, account: str, since: datetime) -> list[PostRef]:
    posts = [post for post in sandbox.ledger("x")["posts"] if post["account"] == account]
    refs = [PostRef(post["external_id"], "text", datetime.fromisoformat(post["created_at"])) for post in posts]
    return [ref for ref in refs if ref.published_at >= since]


async def test_answers_of_a_week_and_mentions_are_read_with_their_authors(sandbox: Sandbox) -> None:
    async with connected(PLATFORM, sandbox.app("x")) as (x, connection):
        # The newest seconds are not searched yet, the first of the seven days no more.
        window = Window(x.now - timedelta(days=6), x.now - timedelta(minutes=5))
        refs = young(sandbox, connection.external_id, window.start - timedelta(days=20))
        comments = await read(x, "comments", window, refs)
        mentions = await read(x, "mentions", window, [])
        whole = Window(x.now - timedelta(days=300), x.now)
        assert {row["external_id"] for row in await read(x, "comments", whole, refs)} >= {
            row["external_id"] for row in comments
        }
    assert len(comments) > 10
    assert {row["post_external_id"] for row in comments} <= {ref.external_id for ref in refs}
    assert all(row["author"] and row["parent_external_id"] and row["text"] for row in comments)
    assert all(window.start <= row["published_at"] < window.end for row in comments)
    assert {row["external_id"] for row in comments} == {row["external_id"] for row in mentions}


async def test_other_accounts_are_looked_up_by_name(sandbox: Sandbox) -> None:
    assert PLATFORM.lookup is not None
    async with connected(PLATFORM, sandbox.app("x")) as (x, connection):
        truth = {a["external_id"]: a for a in sandbox.ledger("x")["accounts"]}
        rival = next(told for told in truth.values() if told["external_id"] != connection.external_id)
        username = (await x.get(f"/2/users/{rival['external_id']}", {})).json()["data"]["username"]
        pages = [page async for page in PLATFORM.lookup.fetch(x, [f"@{username}", "nobody_is_this"])]
    [row] = extract(PLATFORM.lookup.contract, *pages)
    assert (row["external_id"], row["username"]) == (rival["external_id"], username)
    assert row["followers"] > 0
    assert row["posts"] > 0


@pytest.mark.parametrize("words", ["post", "tweet"])
async def test_replies_are_read_in_both_vocabularies(wire: Wire, words: str) -> None:
    told = {
        "id": "12",
        "text": "Lovely",
        "created_at": "2026-11-20T08:00:00.000Z",
        "conversation_id": "9",
        "author_id": "7",
        f"referenced_{words}s": [{"type": "quoted", "id": "3"}, {"type": "replied_to", "id": "10"}],
        "public_metrics": {"like_count": 2},
    }
    bare = {"id": "13", "text": "Hm", "created_at": "2026-11-20T08:00:01.000Z", "conversation_id": "9"}
    wire.answer({"data": {"id": "2244"}})
    includes = {
        "users": [{"id": "7", "username": "ingrid", "name": "Ingrid"}],
        f"{words}s": [{"id": "10", "text": "x"}],
    }
    wire.answer({"data": [told, bare], "includes": includes, "meta": {"result_count": 2}})
    async with httpx.AsyncClient() as http:
        x = client(wire, http)
        rows = await read(x, "comments", Window(x.now - timedelta(days=1), x.now), [PostRef("9", "text", NOW)])
    assert [(r["parent_external_id"], r["author"], r["author_external_id"], r["likes"]) for r in rows] == [
        ("10", "ingrid", "7", 2),
        (None, None, None, None),
    ]
    assert wire.asked[1].query["query"] == "(conversation_id:9) is:reply"
    # Three posts were in the answer: two replies and what one of them answers.
    assert x.spent.totals == {"USD": Decimal("0.015")}


async def test_the_same_post_costs_once_a_day(wire: Wire) -> None:
    posts = [{"id": "1", "public_metrics": {}}, {"id": "2", "public_metrics": {}}]
    days = ("Fri, 20 Nov 2026 12:00:00 GMT", "Fri, 20 Nov 2026 23:59:59 GMT", "Sat, 21 Nov 2026 00:00:01 GMT")
    for day in days:
        wire.answer({"data": posts}, date=day)
    refs = [PostRef("1", "text", NOW), PostRef("2", "text", NOW)]
    costs = []
    async with httpx.AsyncClient() as http:
        for _ in days:
            x = client(wire, http)
            await read(x, "post_metrics", Window(NOW - timedelta(days=1), NOW), refs)
            costs.append(x.spent.totals["USD"])
    assert costs == [Decimal("0.002"), Decimal(0), Decimal("0.002")]


async def test_a_metric_that_x_gave_up_is_parked_and_costs_no_other(sandbox: Sandbox, planted: Any) -> None:
    async with connected(PLATFORM, sandbox.app("x")) as (x, connection):
        window = Window(x.now - timedelta(days=9), x.now)
        refs = young(sandbox, connection.external_id, window.start)
        before = await read(x, "post_metrics", window, refs, "daily")
        assert x.parked.reasons == {}
        planted(kind="metric_dies", metric="bookmarks")
        after = await read(x, "post_metrics", window, refs, "daily")
        assert list(x.parked.reasons) == ["bookmarks"]
    assert {(r["external_id"], r["as_of_date"]) for r in before} == {(r["external_id"], r["as_of_date"]) for r in after}
    assert len(after) == len({(row["external_id"], row["as_of_date"]) for row in after})
    assert sum(row["saves"] for row in before) > 0
    assert {row["saves"] for row in after} == {None}
    assert sum(row["likes"] for row in after) > 0


async def test_a_page_of_days_stays_small_whoever_has_many_posts(wire: Wire) -> None:
    wire.answer({"data": {"id": "2244"}})
    for _ in range(3 * 3):
        wire.answer({"data": []})
    async with httpx.AsyncClient() as http:
        refs = [PostRef(str(n), "text", NOW - timedelta(days=80)) for n in range(60)]
        window = Window(NOW - timedelta(days=70), NOW)
        await fetch(resource(PLATFORM, "post_metrics", "daily"), client(wire, http), window, refs)
    asked = [one.query for one in wire.asked[1:]]
    assert all(len(query["ids"].split(",")) <= 25 for query in asked)
    spans = sorted({(query["start_time"], query["end_time"]) for query in asked})
    assert [end for _, end in spans[:-1]] == [start for start, _ in spans[1:]]
