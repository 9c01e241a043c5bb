"""What goes wrong at a network while an account is read: told as what it is, and costing no other account."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from clientnest.settings import settings
from platforms import PLATFORMS
from tests.conftest import TestWorkspace
from tests.ingestion.conftest import Query, World
from tests.ingestion.reading import read


def test_a_revoked_token_costs_its_account_alone(world: World, connect: Any, query: Query) -> None:
    ours, theirs = connect("tiktok", 0), connect("tiktok", 1)
    world.plant("token_revoked", "tiktok", account=world.networks["tiktok"]["accounts"][1]["external_id"])
    assert {result.problem for result in read(ours).values()} == {None}
    assert all(result.reconnect_needed for result in read(theirs, "accounts", "posts").values())
    statuses = query("select id, status from app.accounts where id = any(%s)", [ours, theirs])
    assert set(statuses) == {(ours, "connected"), (theirs, "reconnect_needed")}


def test_a_network_that_asks_to_wait_is_not_asked_before(world: World, connect: Any, query: Query) -> None:
    account = connect("linkedin")
    world.fault("linkedin", "rate_limited")
    refused = read(account, "accounts")["accounts"]
    assert (refused.status, bool(refused.retry_after)) == ("failed", True)
    before = len(world.control.get("/requests", params={"network": "linkedin"}).json()["requests"])
    again = read(account, "accounts")["accounts"]
    assert again.status == "failed"
    assert again.retry_after
    assert again.retry_after <= (refused.retry_after or timedelta(0))
    assert "wait until" in (again.problem or "")
    assert len(world.control.get("/requests", params={"network": "linkedin"}).json()["requests"]) == before
    assert query("select bool_and(retry_at > now()) from app.loads where account_id = %s", account) == [(True,)]


@pytest.mark.parametrize("network", ["x", "tiktok", "instagram"])
def test_answers_of_another_shape_are_quarantined_and_no_figure_becomes_zero(
    world: World, connect: Any, query: Query, network: str
) -> None:
    account = connect(network)
    assert read(account, "posts", days=60)["posts"].records
    world.fault(network, "schema_drift", times=None)
    drifted = read(account, "post_metrics", days=60)["post_metrics"]
    assert drifted.status == "failed" or drifted.quarantined > 0
    rows = query(f"select count(*) from raw.{network}_post_metrics where account_id = %s", account)
    assert rows == [(drifted.written,)]
    assert drifted.written == 0


@pytest.mark.parametrize("kind", ["drop_after_write", "reset_before_write", "http_500"])
def test_an_answer_that_was_lost_once_is_read_again(world: World, connect: Any, kind: str) -> None:
    account = connect("tiktok")
    world.fault("tiktok", kind)
    result = read(account, "accounts")["accounts"]
    assert (result.status, result.records) == ("done", 1)


def test_half_an_answer_ends_and_is_read_again(world: World, connect: Any) -> None:
    account = connect("tiktok")
    world.fault("tiktok", "half_open", seconds=3)
    assert read(account, "accounts")["accounts"].status == "done"


def test_a_metric_that_died_is_parked_told_and_tried_again_later(world: World, connect: Any, query: Query) -> None:
    account = connect("facebook")
    assert read(account, "posts", days=20)["posts"].records
    world.plant("metric_dies", "facebook", metric="post_clicks")
    table = next(r.table for r in PLATFORMS["facebook"].resources if r.table == "post_metrics_insights")
    first = read(account, table, days=20)[table]
    assert first.status == "done", first.problem
    assert set(first.parked) == {"post_clicks"}
    assert first.written > 0
    seen = query("select distinct metric from raw.facebook_post_metrics_insights where account_id = %s", account)
    assert ("post_media_view",) in seen

    mark = datetime.now(UTC)
    assert set(read(account, table, days=20)[table].parked) == {"post_clicks"}
    asked = world.control.get("/requests", params={"network": "facebook", "since": mark.isoformat()}).text
    assert "post_clicks" not in asked
    (kept,) = query("select metric, until - since from app.parked_metrics where account_id = %s", account)
    assert kept == ("post_clicks", timedelta(days=7))


def test_an_account_without_the_scope_is_not_asked_and_that_is_no_failure(
    world: World, connect: Any, query: Query
) -> None:
    account = connect("instagram", scopes=("instagram_business_basic",))
    scoped = next(r for r in PLATFORMS["instagram"].resources if r.name == "account_metrics")
    result = read(account, "accounts", scoped.table)[scoped.table]
    assert (result.status, result.missing_scopes) == ("not_granted", scoped.scopes)
    assert scoped.scopes[0] in (result.problem or "")
    told = query("select status from app.loads where account_id = %s and resource = %s", account, scoped.table)
    assert told == [("not_granted",)]


def test_what_reading_costs_is_written_down_and_bounded(
    world: World, connect: Any, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No other test reads it: X bills the same post once a day.
    account = connect("x", 1)
    posts = read(account, "posts", days=30)["posts"]
    assert posts.records
    assert posts.cost["USD"] > 0
    (cost,) = query("select cost->>'USD' from app.loads where id = %s", posts.load_id)
    assert cost == (str(posts.cost["USD"]),)
    monkeypatch.setenv("NEST_MONTHLY_USD_PER_ACCOUNT", cost[0])
    settings.cache_clear()
    try:
        spent = read(account, "posts")["posts"]
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert spent.status == "failed"
    assert "NEST_MONTHLY_USD_PER_ACCOUNT" in (spent.problem or "")


def test_a_planned_reading_asks_only_about_posts_that_are_due(world: World, connect: Any, query: Query) -> None:
    account = connect("tiktok")
    first = read(account, planned=True, days=20)["post_metrics"]
    again = read(account, planned=True, days=20)["post_metrics"]
    assert first.posts
    assert (again.posts, again.status, again.silent) == (0, "done", False)
    # Without a plan it asks about all that may still move, and about no older ones.
    moving = "select count(distinct external_id) from raw.tiktok_posts where account_id = %s and published_at > %s"
    assert (
        read(account, "post_metrics", days=20)["post_metrics"].posts
        == query(moving, account, datetime.now(UTC) - timedelta(days=20 + 28))[0][0]
        > 0
    )

    (post,) = query("select external_id from app.post_readings where account_id = %s limit 1", account)
    query(
        "insert into app.inbound_events (id, platform, event_id, kind, account_external_id, subject_external_id, body)"
        " values (%s, 'tiktok', %s, 'told', %s, %s, '{}') returning id",
        *(uuid4(), uuid4().hex, world.networks["tiktok"]["accounts"][0]["external_id"], post[0]),
    )
    assert read(account, planned=True)["post_metrics"].posts == 1


def test_days_that_were_missed_are_caught_up(world: World, connect: Any, query: Query) -> None:
    account = connect("facebook")
    read(account, "account_metrics", days=3)
    query(
        "update app.loads set window_end = window_end - interval '9 days' where account_id = %s returning id", account
    )
    read(account, "account_metrics", days=3)
    (span,) = query(
        "select window_end - window_start from app.loads where account_id = %s order by created_at desc limit 1",
        account,
    )
    assert timedelta(days=9) <= span[0] < timedelta(days=10)


def test_competitors_are_read_by_one_account_of_the_workspace(
    world: World, connect: Any, workspace: TestWorkspace, query: Query
) -> None:
    ours, other = connect("x", 0), connect("x", 1)
    assert read(ours, "competitors") == {}
    query(
        "insert into app.competitors (id, workspace_id, platform, handle) values (%s, %s, 'x', %s) returning id",
        *(uuid4(), workspace.id, _username(world)),
    )
    result = read(ours, "competitors")["competitors"]
    assert (result.status, result.quarantined) == ("done", 0), result.problem
    assert result.written == 1
    assert read(other, "competitors") == {}


def _username(world: World) -> str:
    """What the rival calls itself."""
    told = world.networks["x"]
    rival = told["accounts"][1]
    answer = httpx.get(
        f"{told['base_url']}/2/users/me", headers={"authorization": f"Bearer {rival['access_token']}"}, timeout=30
    )
    return str(answer.json()["data"]["username"])
