"""The past, asked at the door of a warehouse that dbt built: as known then, whatever was learned since."""

import asyncio
import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pyarrow.parquet as pq
import pytest

from clientnest import database, marts
from clientnest.marts import Moment, Period, Selection
from identity import tokens
from scoring.content import score_all
from tests.dbt.conftest import MODELS, Dbt, Warehouse, dbt, new_warehouse

__all__ = ["dbt"]

GREEN = {"success", "pass", "no-op"}
FIRST = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=12)
THEN = FIRST + timedelta(days=4)
# What differs between two workspaces that saw the same: keys, and what is told on our clock.
OWN = {"workspace_id", "account_id", "post_key", "publication_id", "created_at", "id", "next_expected_at"}


@dataclass(frozen=True)
class Door:
    """One workspace through the application itself."""

    warehouse: Warehouse
    user_id: Any

    async def __call__(self, path: str, *, method: str = "GET", body: Any = None, **query: Any) -> httpx.Response:
        from api.main import app

        # What a test before left open may lead to another database.
        await database.close()
        headers = {
            "Authorization": f"Bearer {tokens.issue(self.user_id).value}",
            "X-Workspace-Id": str(self.warehouse.workspace_id),
        }
        try:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://nest", headers=headers, timeout=120
            ) as http:
                return await http.request(method, path, params=query, json=body)
        finally:
            await database.close()

    async def json(self, path: str, **query: Any) -> Any:
        answer = await self(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()


def _door(url: str) -> Door:
    made = new_warehouse(url)
    user_id = uuid4()
    with psycopg.connect(url) as connection:
        connection.execute(
            "insert into app.users (id, email, name, password_hash) values (%s, %s, 'Kari', '')",
            [user_id, f"{user_id}@example.com"],
        )
        connection.execute(
            "insert into app.memberships (id, workspace_id, user_id, role) values (%s, %s, %s, 'owner')",
            [uuid4(), made.workspace_id, user_id],
        )
    return Door(made, user_id)


def _seen_first(ours: Warehouse) -> None:
    """Eight posts on two networks, looked at once."""
    for platform in ("tiktok", "x"):
        ours.connect(platform)
    seen = FIRST + timedelta(days=1)
    for number in range(8):
        name, at = f"p{number}", FIRST - timedelta(days=number % 4)
        ours.observed("tiktok", "posts", FIRST, external_id=name, published_at=at, kind="video", text=f"Post {number}")
        ours.observed(
            "tiktok", "post_metrics", seen, external_id=name, views=100 + number, likes=5 + number, comments=1
        )
    ours.observed("x", "posts", FIRST, external_id="x1", published_at=FIRST, kind="text", text="hei")
    ours.observed("x", "post_metrics", FIRST, external_id="x1", impressions=40, likes=None, comments=0, quotes=1)
    for platform in ("tiktok", "x"):
        ours.observed(platform, "accounts", FIRST, external_id=f"{platform} Nordlys", name="Nordlys", followers=70)
        for resource in ("posts", "post_metrics", "accounts"):
            ours.loaded(platform, resource, THEN)


def _learned_since(ours: Warehouse) -> None:
    """Counters went on, one fell, one came late, and a post of those days was found."""
    later = THEN + timedelta(days=3)
    for number in range(8):
        views = 90 if number == 0 else 300 + number
        ours.observed("tiktok", "post_metrics", later, external_id=f"p{number}", views=views, likes=9, comments=1)
    late = FIRST + timedelta(days=2)
    ours.observed("tiktok", "post_metrics", late, external_id="p1", views=150, likes=6, comments=1)
    ours.observed("tiktok", "posts", later, external_id="new", published_at=FIRST, kind="video", text="found later")
    ours.observed("tiktok", "post_metrics", later, external_id="new", views=7, likes=1, comments=0)
    ours.observed("tiktok", "accounts", later, external_id="tiktok Nordlys", name="Nordlys AS", followers=99)
    for resource in ("posts", "post_metrics", "accounts"):
        ours.loaded("tiktok", resource, later)


@dataclass(frozen=True)
class Past:
    """`ours` learned something since; `twin` saw the same and nothing since."""

    ours: Door
    twin: Door
    report: dict[str, dict[str, Any]]
    files: dict[str, bytes]


@pytest.fixture(scope="module")
def past(dbt: Dbt) -> Past:
    ours, twin = _door(dbt.url), _door(dbt.url)
    for door in (ours, twin):
        _seen_first(door.warehouse)
    assert set(dbt.build(*MODELS, "--resource-type", "seed").values()) <= GREEN
    dbt.past()
    report, files = asyncio.run(_reports(ours))
    _learned_since(ours.warehouse)
    assert set(dbt.build(*MODELS).values()) <= GREEN
    score_all()
    return Past(ours, twin, report, files)


async def _reports(door: Door) -> tuple[dict[str, dict[str, Any]], dict[str, bytes]]:
    body = {"kind": "weekly", "period_end": str(FIRST.date())}
    made = await door("/reports", method="POST", body=body)
    assert made.status_code == 201, made.text
    reports = {report["format"]: report for report in made.json()["items"]}
    return reports, {name: (await door(f"/reports/{r['id']}/download")).content for name, r in reports.items()}


def _common(answer: Any) -> Any:
    """An answer without what is a workspace's own, such as the order among equals, which is that of keys."""
    if isinstance(answer, dict):
        return {name: _common(value) for name, value in answer.items() if name not in OWN}
    if isinstance(answer, list):
        return sorted((_common(value) for value in answer), key=str)
    return answer


SPAN = {"since": str((FIRST - timedelta(days=10)).date()), "until": str(FIRST.date())}


@pytest.mark.parametrize(
    "path",
    ["/analytics/dashboard", "/analytics/engagement", "/social/analytics", "/social/posts", "/analytics/formats"],
)
async def test_the_past_is_what_a_warehouse_answers_that_saw_nothing_since(past: Past, path: str) -> None:
    query = SPAN if path != "/analytics/formats" else {"span": "all"}
    moment = THEN.isoformat()
    asked = {**query, "as_of": moment, "recorded_by": past.report["csv"]["recorded_at"]}
    then = await past.ours.json(path, **asked)
    only = await past.twin.json(path, **asked)
    now = await past.ours.json(path, **query)
    assert _common(then) == _common(only)
    assert _common(now) != _common(then)
    assert (then.get("freshness") or then)["known_at"] == moment.replace("+00:00", "Z")


async def test_what_came_late_is_known_then_but_was_not_recorded_then(past: Past) -> None:
    async def views(**asked: str) -> int:
        posts = (await past.ours.json("/social/posts", q="Post 1", as_of=THEN.isoformat(), **asked))["items"]
        return int(posts[0]["views"])

    assert await views() == 150
    assert await views(recorded_by=past.report["csv"]["recorded_at"]) == 101


async def test_every_answer_says_its_moment_and_can_be_asked_again(past: Past) -> None:
    now = await past.ours.json("/analytics/dashboard", **SPAN)
    assert now["known_at"] is None
    assert now["recorded_at"]
    again = await past.ours.json("/analytics/dashboard", recorded_by=now["recorded_at"], **SPAN)
    assert {**again, "recorded_at": None} == {**now, "recorded_at": None}


async def test_a_moment_that_is_to_come_is_refused_in_words(past: Past) -> None:
    ahead = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    answer = await past.ours("/analytics/dashboard", as_of=ahead)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "What will be known is not known yet."
    assert [found["field"] for found in answer.json()["errors"]] == ["as_of"]


async def test_unknown_is_null_with_its_reason_also_in_the_past(past: Past) -> None:
    posts = (await past.ours.json("/social/posts", as_of=THEN.isoformat(), platform="x"))["items"]
    assert [(post["likes"], post["comments"], post["reach"]) for post in posts] == [(None, 0, None)]
    assert posts[0]["why_unknown"]["reach"] == "unsupported"
    assert posts[0]["why_unknown"]["likes"] in ("not_yet", "suppressed")


async def test_a_report_is_made_again_to_the_byte_and_a_new_one_differs(past: Past) -> None:
    for name, report in past.report.items():
        answer = await past.ours(f"/reports/{report['id']}/again", method="POST")
        assert answer.status_code == 200, answer.text
        made = answer.json()
        assert made["is_identical"], name
        assert made["report"]["id"] == report["id"]
        again = (await past.ours(f"/reports/{report['id']}/download")).content
        assert again == past.files[name]
    new, files = await _reports(past.ours)
    assert {name: made["id"] for name, made in new.items()} != {name: r["id"] for name, r in past.report.items()}
    assert all(files[name] != past.files[name] for name in files)


async def test_a_mart_of_the_past_that_is_worked_out_once_is_what_its_view_says(past: Past) -> None:
    await database.close()
    days = Period.ending(FIRST.date(), 10)
    async with database.unit_of_work(workspace_id=past.ours.warehouse.workspace_id) as session:
        await marts.ask(session, Moment(known_at=THEN))
        viewed = await marts.post_sums(session, days, Selection(), "platform")
        await marts.hold(session, "posts")
        assert await marts.post_sums(session, days, Selection(), "platform") == viewed
        await marts.ask(session, marts.NOW)
        assert await marts.post_sums(session, days, Selection(), "platform") != viewed
    await database.close()


async def test_what_changed_since_a_report_is_told_with_the_reason(past: Past) -> None:
    report = past.report["csv"]
    found = await past.ours.json(f"/reports/{report['id']}/changes", limit=200)
    views = {change["post"]: change for change in found["items"] if change["metric"] == "views"}
    assert (views["Post 4"]["old_value"], views["Post 4"]["new_value"]) == (104, 304)
    assert views["Post 4"]["why"] == "grew"
    assert (views["Post 0"]["old_value"], views["Post 0"]["new_value"]) == (100, 90)
    assert views["Post 0"]["why"] == "fell"
    assert (views["found later"]["old_value"], views["found later"]["why"]) == (None, "new")
    assert found["recorded_at"] == report["recorded_at"]


async def test_a_stranger_finds_no_report_to_make_again(past: Past) -> None:
    report = past.report["csv"]
    for path, method in ((f"/reports/{report['id']}/again", "POST"), (f"/reports/{report['id']}/changes", "GET")):
        assert (await past.twin(path, method=method)).status_code == 404


async def test_a_mart_as_of_then_leaves_as_parquet(past: Past) -> None:
    now = await past.ours("/exports/marts/posts.parquet")
    then = await past.ours("/exports/marts/posts.parquet", as_of=THEN.isoformat())
    assert (now.status_code, then.status_code) == (200, 200), then.text
    views = {row["external_id"]: row["views"] for row in pq.read_table(io.BytesIO(then.content)).to_pylist()}
    assert views["p4"] == 104
    assert "new" not in views
    assert pq.read_table(io.BytesIO(now.content)).num_rows == len(views) + 1
