"""The world is the same for the same seed, and its figures hold together at every moment."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from sandbox.networks import NATURES
from sandbox.world import Account, World

NETWORKS = tuple(NATURES)


@pytest.fixture(scope="module")
def world() -> World:
    return World(1, NATURES)


def brand(world: World, network: str) -> Account:
    return world.accounts(network)[0]


def test_same_seed_same_world_another_seed_another() -> None:
    first, second, other = World(3, NATURES), World(3, NATURES), World(4, NATURES)
    for network in NETWORKS:
        one, two = brand(first, network), brand(second, network)
        assert one == two
        at = first.now()
        posts = first.posts(network, one.external_id, until=at)
        assert posts == second.posts(network, two.external_id, until=at)
        assert [first.counters(post, at) for post in posts] == [second.counters(post, at) for post in posts]
        assert one.external_id != brand(other, network).external_id
    assert brand(first, "x").name != brand(other, "x").name


@pytest.mark.parametrize("network", NETWORKS)
def test_history_is_long_lively_and_unique(world: World, network: str) -> None:
    for account in world.accounts(network):
        posts = world.posts(network, account.external_id)
        days = (posts[0].created_at - posts[-1].created_at).days
        assert days > 180
        assert 0.35 < len(posts) / days < 1.4
        assert len({post.external_id for post in posts}) == len(posts)
        assert len({post.permalink for post in posts}) == len(posts)
        assert [post.created_at for post in posts] == sorted((post.created_at for post in posts), reverse=True)


@pytest.mark.parametrize("network", NETWORKS)
def test_counters_grow_and_hold_together(world: World, network: str) -> None:
    now = world.now()
    exposed = NATURES[network].exposed
    for post in world.posts(network, brand(world, network).external_id)[::15]:
        moments = [post.created_at + timedelta(hours=hours) for hours in (-1, 0, 1, 6, 24, 72, 24 * 30)]
        seen = [world.counters(post, at) for at in moments]
        assert set(seen[0].values()) == {0}
        for before, after in pairwise(seen):
            assert all(before[name] <= after[name] for name in after)
        final = seen[-1]
        assert final[exposed] > 0
        assert final.get("reach", 0) <= final[exposed]
        between = world.counters_between(post, moments[2], now)
        assert all(between[name] == world.counters(post, now)[name] - seen[2][name] for name in between)


def test_sums_are_the_sums_of_their_parts(world: World) -> None:
    now = world.now()
    for post in world.posts("facebook", brand(world, "facebook").external_id):
        found = world.counters(post, now)
        assert found["reactions"] == sum(value for name, value in found.items() if name.startswith("reactions_"))
    for post in world.posts("x", brand(world, "x").external_id):
        found = world.counters(post, now)
        assert found["shares"] == found["reposts"] + found["quotes"]


def test_counters_step_on_whole_minutes(world: World) -> None:
    post = world.posts("tiktok", brand(world, "tiktok").external_id)[0]
    minute = (post.created_at + timedelta(hours=2)).replace(second=0, microsecond=0)
    assert world.counters(post, minute) == world.counters(post, minute + timedelta(seconds=59))


@pytest.mark.parametrize("network", NETWORKS)
def test_days_add_up_to_the_change_of_lifetime(world: World, network: str) -> None:
    account = brand(world, network)
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = end - timedelta(days=14)
    days = [
        world.account_between(account, start + timedelta(days=day), start + timedelta(days=day + 1))
        for day in range(14)
    ]
    whole = world.account_between(account, start, end)
    assert {name: sum(day[name] for day in days) for name in whole} == whole
    grown = world.account_counters(account, end)["followers"] - world.account_counters(account, start)["followers"]
    assert grown == whole["followers_gained"] - whole["followers_lost"]
    assert whole["purchases"] > 0
    assert whole["revenue_cents"] >= whole["purchases"] * 900


def test_everybody_is_in_every_dimension_once(world: World) -> None:
    account = brand(world, "linkedin")
    followers = world.account_counters(account, world.now())["followers"]
    for groups in world.demographics(account, world.now()).values():
        assert sum(groups.values()) == followers


def test_planted_effects_show_in_the_figures(world: World) -> None:
    """Posts of the better format reach more, as the truth says; all accounts of a network taken together."""
    account = brand(world, "instagram")
    truth = world.truth()["networks"]["instagram"]["accounts"][account.external_id]
    assert len(truth["hour"]) == 24
    assert len(truth["weekday"]) == 7
    old = world.posts("instagram", account.external_id, until=world.now() - timedelta(days=14))
    mean = {}
    for kind in truth["format"]:
        views = [world.counters(post, world.now())["views"] for post in old if post.kind == kind]
        mean[kind] = sum(views) / len(views)
    best, worst = (pick(truth["format"], key=truth["format"].get) for pick in (max, min))
    assert mean[best] > mean[worst]


def test_a_new_post_joins_and_engages(world: World) -> None:
    account = brand(world, "youtube")
    post = world.create_post("youtube", account.external_id, kind="video", text="On film #coffee", title="On film")
    assert world.posts("youtube", account.external_id)[0] == post
    assert post.hashtags == ("coffee",)
    later = post.created_at + timedelta(days=3)
    assert world.counters(post, later)["views"] > 0
    frozen = world.counters(post, world.now())
    world.delete_post("youtube", post.external_id)
    assert world.post("youtube", post.external_id) is None
    assert world.counters(post, later) == frozen


def test_what_happens_outlives_a_restart_and_a_torn_line(tmp_path: Path) -> None:

    world = World(5, NATURES, tmp_path)
    account = brand(world, "x")
    post = world.create_post("x", account.external_id, kind="text", text="kept")
    world.advance(timedelta(hours=6))
    grant = world.tokens.issue("x", account.external_id, ["tweet.read"], timedelta(hours=2))
    (journal,) = tmp_path.iterdir()
    with journal.open("a") as lines:
        lines.write('{"kind": "posted", "netw')
    again = World(5, NATURES, tmp_path)
    again.create_post("x", account.external_id, kind="text", text="after the torn line")
    third = World(5, NATURES, tmp_path)
    assert third.post("x", post.external_id) == post
    assert third.now() - datetime.now(UTC) > timedelta(hours=5)
    assert third.tokens.lookup("x", grant.access_token) is not None
    assert third.posts("x", account.external_id)[0].text == "after the torn line"
