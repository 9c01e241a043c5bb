"""What changed after it was told, and whether the numbers add up."""

from datetime import timedelta
from typing import Any

from tests.api.conftest import NOW, TODAY, Caller, World


def _change(world: World, account: Any, **values: Any) -> None:
    plain = {
        "platform": "x",
        "grain": "post_lifetime",
        "metric": "impressions",
        "as_of_date": TODAY,
        "old_value": 10,
        "new_value": 7,
        "previous_observed_at": NOW - timedelta(days=2),
        "changed_at": NOW,
        "why": "fell",
    }
    world.insert("marts.metric_changes", account_id=account, **{**plain, **values})


def _pages(owner: Caller, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    for _ in range(20):
        answer = owner.get("/analytics/changes", limit=2, **query, **cursor)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if answer.json()["next_cursor"] is None:
            return items
        cursor = {"cursor": answer.json()["next_cursor"]}
    raise AssertionError("the pages do not end")


def test_changes_are_paged_newest_first_each_once(owner: Caller, world: World) -> None:
    account = world.account("x")
    key = world.post(account, "x", TODAY, text="hei")
    for metric in ("impressions", "likes", "comments"):
        _change(world, account, post_key=key, metric=metric)
    _change(world, account, grain="account_day", why="corrected", changed_at=NOW - timedelta(days=1))
    found = _pages(owner)
    assert len(found) == 4
    assert {change["metric"] for change in found[:3]} == {"impressions", "likes", "comments"}
    assert (found[0]["post"], found[0]["account_name"]) == ("hei", "Brand on x")
    assert (found[3]["post_key"], found[3]["why"], found[3]["old_value"]) == (None, "corrected", 10)


def test_changes_are_found_by_reason_metric_post_and_time(owner: Caller, world: World) -> None:
    account = world.account("x")
    key = world.post(account, "x", TODAY)
    _change(world, account, post_key=key)
    _change(world, account, why="late", metric="likes", changed_at=NOW - timedelta(days=9))
    assert [change["why"] for change in _pages(owner, why="late")] == ["late"]
    assert [change["metric"] for change in _pages(owner, metric="impressions")] == ["impressions"]
    assert [change["post_key"] for change in _pages(owner, post_key=key)] == [key]
    assert len(_pages(owner, since=str(TODAY - timedelta(days=3)))) == 1
    assert len(_pages(owner, grain="account_day")) == 0
    assert owner.get("/analytics/changes", why="grew").status_code == 422


def test_an_unknown_value_stays_null(owner: Caller, world: World) -> None:
    account = world.account("x")
    _change(world, account, old_value=0, new_value=None, why="deleted")
    (change,) = _pages(owner)
    assert (change["old_value"], change["new_value"]) == (0, None)


def test_the_bridge_adds_up_by_network_and_metric(owner: Caller, world: World) -> None:
    account = world.account("x")
    parts = {"first_observed": 4, "daily_total": 5, "late": 1, "corrected": -2, "not_told": 0, "unexplained": 0}
    for lifetime in (8, 8):
        key = world.post(account, "x", TODAY)
        world.insert(
            "marts.reconciliation",
            account_id=account,
            platform="x",
            post_key=key,
            metric="likes",
            lifetime=lifetime,
            **parts,
        )
    (bridge,) = owner.get("/analytics/reconciliation").json()["items"]
    assert (bridge["platform"], bridge["metric"], bridge["posts"], bridge["lifetime"]) == ("x", "likes", 2, 16)
    told = sum(bridge[part] for part in ("first_observed", "daily_total", "late", "corrected", "not_told"))
    assert (told, bridge["unexplained"]) == (16, 0)
    one = owner.get("/analytics/reconciliation", post_key=key, metric="likes").json()["items"]
    assert [found["lifetime"] for found in one] == [8]


def test_strangers_see_no_change(owner: Caller, stranger: Caller, world: World) -> None:
    _change(world, world.account("x"))
    assert len(_pages(owner)) == 1
    assert _pages(stranger) == []
