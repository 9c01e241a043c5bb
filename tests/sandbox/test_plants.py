"""What is planted in the world: figures that change, posts and tokens that end, and the ledger that tells the truth."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.networks import NATURES
from sandbox.world import Post, World
from tests.sandbox.stage import Stage, running


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with running(seed=6) as found:
        yield found


@pytest.fixture
def world() -> World:
    return World(6, NATURES)


def plant(stage: Stage, kind: str, network: str, **about: Any) -> dict[str, Any]:
    answer = httpx.post(f"{stage.control}/world", json={"kind": kind, "network": network, **about})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def old(world: World, network: str, days: int = 5) -> Post:
    """The brand's newest post that is so many days old."""
    account = world.accounts(network)[0].external_id
    return world.posts(network, account, until=world.now() - timedelta(days=days))[0]


@pytest.mark.parametrize("network", NATURES)
def test_a_correction_tells_the_days_before_anew_and_the_ledger_what_was_true_when(world: World, network: str) -> None:
    post = old(world, network)
    now = world.now()
    counter = NATURES[network].exposed
    earlier = now - timedelta(days=2)
    before, lifetime = world.counters(post, earlier), world.counters(post, now)
    world.plant("correction", network, now, post=post.external_id, counter=counter, delta=-(lifetime[counter] // 4))
    corrected = world.counters(post, world.now())
    assert corrected[counter] == pytest.approx(0.75 * lifetime[counter], abs=2)
    assert world.counters(post, earlier)[counter] == pytest.approx(0.75 * before[counter], abs=2)
    days = [post.created_at + timedelta(days=day) for day in range(7)]
    daily = [world.counters_between(post, start, end)[counter] for start, end in pairwise(days)]
    assert sum(daily) == world.counters(post, days[-1])[counter]
    assert all(day >= 0 for day in daily)
    assert world.counters(post, earlier, known=earlier) == before


@pytest.mark.parametrize("network", NATURES)
def test_a_counter_falls_at_a_moment_and_the_days_before_stay(world: World, network: str) -> None:
    post = old(world, network)
    now = world.now()
    at = now - timedelta(days=1)
    before, account = world.counters(post, at - timedelta(hours=1)), world.account(network, post.account_id)
    lifetime = world.counters(post, now)
    counter = "likes" if "likes" in lifetime else "comments"
    assert account is not None
    gone = world.account_between(account, at - timedelta(hours=1), at + timedelta(hours=1))
    world.plant("counter_falls", network, at, post=post.external_id, counter=counter, share=1)
    assert world.counters(post, at - timedelta(hours=1)) == before
    assert world.counters(post, now)[counter] <= lifetime[counter] - before[counter]
    fell = world.account_between(account, at - timedelta(hours=1), at + timedelta(hours=1))
    assert fell[counter] < gone[counter]


def test_sums_follow_their_parts(world: World) -> None:
    post = old(world, "x")
    world.plant("counter_falls", "x", world.now(), post=post.external_id, counter="reposts", share=1)
    found = world.counters(post, world.now())
    assert found["shares"] == found["quotes"] + found["reposts"]
    assert found["reposts"] == 0


def test_followers_fall_and_are_lost_that_day(world: World) -> None:
    account = world.accounts("instagram")[0]
    now = world.now()
    before = world.account_counters(account, now)["followers"]
    world.plant("counter_falls", "instagram", now, account=account.external_id, counter="followers", share=0.1)
    after = world.account_counters(account, world.now())["followers"]
    assert after == pytest.approx(0.9 * before, abs=3)
    lost = world.account_between(account, now - timedelta(hours=1), now + timedelta(seconds=1))["followers_lost"]
    assert lost >= before - after


def test_all_posts_of_an_account_lose_a_share(world: World) -> None:
    account = world.accounts("tiktok")[0]
    before = world.account_counters(account, world.now())["likes"]
    world.plant("counter_falls", "tiktok", world.now(), account=account.external_id, counter="likes", share=0.5)
    assert world.account_counters(account, world.now())["likes"] == pytest.approx(before / 2, rel=0.02)


def test_late_figures_are_those_of_earlier_and_the_ledger_knows_better(world: World) -> None:
    post = world.posts("youtube", world.accounts("youtube")[0].external_id)[0]
    now = world.now()
    earlier, truth = world.counters(post, now - timedelta(hours=36)), world.counters(post, now)
    world.plant("late", "youtube", now, hours=36)
    assert world.counters(post, world.now()) == earlier
    assert world.counters(post, now, known=now) == truth


def test_what_is_planted_outlives_a_restart(tmp_path: Path) -> None:
    world = World(6, NATURES, tmp_path)
    post, gone = old(world, "facebook"), old(world, "facebook", 20)
    now = world.now()
    world.plant("correction", "facebook", now, post=post.external_id, counter="views", value=7)
    world.plant("post_deleted", "facebook", now, post=gone.external_id)
    world.plant("metric_dies", "facebook", now + timedelta(days=1), metric="page_fans")
    again = World(6, NATURES, tmp_path)
    assert again.counters(post, again.now()) == world.counters(post, world.now())
    assert again.post("facebook", gone.external_id) is None
    assert again.plants() == world.plants()
    assert again.planted("metric_dies", "facebook") == []
    again.advance(timedelta(days=2))
    assert [one["metric"] for one in again.planted("metric_dies", "facebook")] == ["page_fans"]


def test_a_deleted_post_is_gone_at_the_network_and_buried_in_the_ledger(stage: Stage) -> None:
    ledger = stage.ledger("x")
    post = next(one for one in ledger if ledger[one]["account"] == stage.account("x"))
    with stage.http("x") as http:
        assert "data" in http.get(f"/2/tweets/{post}").json()
        at = datetime.fromisoformat(plant(stage, "post_deleted", "x", post=post)["at"])
        assert "data" not in http.get(f"/2/tweets/{post}").json()
    asked = f"{stage.control}/ledger"
    told = httpx.get(asked, params={"network": "x"}).json()
    assert post not in {one["external_id"] for one in told["posts"]}
    assert post in {one["external_id"] for one in told["deleted"]}
    earlier = httpx.get(asked, params={"network": "x", "at": (at - timedelta(seconds=1)).isoformat()}).json()
    assert post in {one["external_id"] for one in earlier["posts"]}
    assert post not in {one["external_id"] for one in earlier["deleted"]}


def test_a_deletion_to_come_waits_for_its_moment() -> None:
    with running(seed=6) as stage:
        post = next(iter(stage.ledger("tiktok")))
        at = (stage.now() + timedelta(hours=1)).isoformat()
        plant(stage, "post_deleted", "tiktok", post=post, at=at)
        assert post in stage.ledger("tiktok")
        stage.advance("PT2H")
        assert post not in stage.ledger("tiktok")


@pytest.mark.parametrize(
    ("network", "path"),
    [("facebook", "/me"), ("instagram", "/me"), ("x", "/2/users/me"), ("tiktok", "/v2/user/info/?fields=open_id")],
)
def test_revoked_tokens_are_refused(stage: Stage, network: str, path: str) -> None:
    with stage.http(network, place=1) as http, stage.http(network) as brand:
        assert http.get(path).status_code == 200
        plant(stage, "token_revoked", network, account=stage.account(network, 1))
        assert http.get(path).status_code in (400, 401)
        assert brand.get(path).status_code == 200


def test_a_revoked_token_stays_so_after_a_restart(tmp_path: Path) -> None:
    with running(seed=6, state=tmp_path) as stage:
        plant(stage, "token_revoked", "x", account=stage.account("x"))
        with stage.http("x") as http:
            assert http.get("/2/users/me").status_code == 401
    with running(seed=6, state=tmp_path) as stage, stage.http("x") as http:
        assert http.get("/2/users/me").status_code == 401


def test_what_is_planted_is_listed(stage: Stage) -> None:
    planted = plant(stage, "quota", "youtube", bucket="*", remaining=0, at="2099-01-01T00:00:00Z")
    assert planted["at"] == "2099-01-01T00:00:00+00:00"
    assert planted in httpx.get(f"{stage.control}/world").json()["planted"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, "kind is one of metric_dies"),
        ({"kind": "metric_dies"}, "network is one of facebook"),
        ({"kind": "metric_dies", "network": "x"}, "missing: metric"),
        ({"kind": "metric_dies", "network": "x", "metric": "likes", "how": "slowly"}, "unknown: how"),
        ({"kind": "metric_dies", "network": "x", "metric": "likes", "at": "soon"}, "2026-11-22T10:00:00Z"),
        ({"kind": "post_deleted", "network": "x", "post": "7"}, "post cannot be '7'"),
        ({"kind": "token_revoked", "network": "x", "account": "7"}, "account cannot be '7'"),
        ({"kind": "page_merged", "network": "x", "account": "7", "into": "8"}, "account cannot be '7'"),
        ({"kind": "quota", "network": "x", "bucket": "*", "remaining": -1}, "remaining cannot be -1"),
        ({"kind": "late", "network": "x", "hours": 0}, "hours cannot be 0"),
    ],
)
def test_a_plant_that_cannot_be_is_told_what_to_send(stage: Stage, asked: dict[str, Any], expected: str) -> None:
    answer = httpx.post(f"{stage.control}/world", json=asked)
    assert answer.status_code == 400
    assert expected in answer.json()["error"]


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({"counter": "likes"}, "one of delta, value"),
        ({"counter": "likes", "delta": 1, "value": 1}, "one of delta, value"),
        ({"counter": "shares", "delta": 1}, "counter is one of impressions, likes"),
        ({"counter": "likes", "value": -1}, "value cannot be -1"),
    ],
)
def test_a_correction_that_cannot_be_is_told_what_to_send(stage: Stage, about: dict[str, Any], expected: str) -> None:
    asked = {"kind": "correction", "network": "x", "post": next(iter(stage.ledger("x"))), **about}
    answer = httpx.post(f"{stage.control}/world", json=asked)
    assert answer.status_code == 400
    assert expected in answer.json()["error"]
