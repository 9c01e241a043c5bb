"""The people of the shop as pure functions: the same every time, and never another past."""

from collections import Counter
from datetime import datetime, timedelta

import pytest

from sandbox.networks import NATURES
from sandbox.shop import journeys
from sandbox.shop.habits import plant
from sandbox.shop.story import PERSON, Click, Followed, Order, Visit, cause
from sandbox.world import World

SPAN = timedelta(days=30)


@pytest.fixture(scope="module")
def world() -> World:
    return World(1, {name: NATURES[name] for name in ("facebook", "x")})


@pytest.fixture(scope="module")
def followed(world: World) -> list[Followed]:
    since = world.now() - SPAN
    posts = [post for name in ("facebook", "x") for post in world.posts(name, world.accounts(name)[0].external_id)]
    return [Followed(post, "http://127.0.0.1/") for post in posts if post.created_at >= since]


@pytest.fixture(scope="module")
def now(world: World) -> datetime:
    return world.now().replace(second=0, microsecond=0)


@pytest.mark.parametrize("hours", [0, 1, 7, 100, 500])
def test_people_click_when_the_world_counts_it(
    world: World, followed: list[Followed], now: datetime, hours: int
) -> None:
    at = now - timedelta(hours=hours)
    clicks = [one for one in journeys(1, followed, None, at) if isinstance(one, Click) and one.who == PERSON]
    counted = Counter(one.post for one in clicks)
    for one in followed:
        if one.post.created_at <= at:
            assert counted[one.post.external_id] == world.beyond(one.post, at)["link_clicks"]


def test_the_same_seed_is_the_same_people_and_another_is_not(followed: list[Followed], now: datetime) -> None:
    assert journeys(1, followed, now - SPAN, now) == journeys(1, list(reversed(followed)), now - SPAN, now)
    assert journeys(1, followed, now - SPAN, now) != journeys(2, followed, now - SPAN, now)


def test_time_adds_to_the_past_and_changes_nothing_of_it(followed: list[Followed], now: datetime) -> None:
    whole = journeys(1, followed, now - SPAN, now)
    for days in (1, 9, 20):
        at = now - timedelta(days=days, minutes=7)
        assert journeys(1, followed, now - SPAN, at) == [one for one in whole if one.at <= at]


def test_a_post_that_is_taken_away_brings_nobody_any_more(followed: list[Followed], now: datetime) -> None:
    gone = max(followed, key=lambda one: one.post.final["link_clicks"])
    gone.post.deleted_at = gone.post.created_at + timedelta(hours=2)
    try:
        clicks = [one for one in journeys(1, [gone], None, now) if isinstance(one, Click) and one.who == PERSON]
    finally:
        gone.post.deleted_at = None
    assert 0 < len(clicks) < gone.post.final["link_clicks"]
    assert max(one.at for one in clicks) <= gone.post.created_at + timedelta(hours=2)


def test_journeys_have_several_touches_and_orders_their_cause(followed: list[Followed], now: datetime) -> None:
    story = journeys(1, followed, now - SPAN, now)
    touches = Counter(one.person for one in story if isinstance(one, Visit) and one.click)
    assert sum(times > 1 for times in touches.values()) > 100
    seen = {one.id for one in story if isinstance(one, Click)}
    orders = [one for one in story if isinstance(one, Order)]
    assert all(one.cause in seen for one in orders if one.cause)
    assert any(one.cause is None for one in orders)
    assert len({one.id for one in story}) == len(story)


def test_people_buy_as_often_as_is_planted() -> None:
    """Over many seeds: what a click brings is a draw of the planted rate, no matter which post or day."""
    expected, found, spread = 0.0, 0, 0.0
    for seed in range(1, 9):
        world = World(seed, {"x": NATURES["x"]})
        account = world.accounts("x")[0]
        posts = [one for one in world.posts("x", account.external_id) if one.created_at < world.now() - SPAN][:60]
        story = journeys(seed, [Followed(one, "") for one in posts], None, world.now())
        habits, kinds = plant(seed), {one.external_id: one.kind for one in posts}
        visits = {one.click for one in story if isinstance(one, Visit) and one.click}
        rates = [
            habits.rate("x", account.external_id, kinds[one.post])
            for one in story
            if isinstance(one, Click) and one.id in visits
        ]
        expected += sum(rates)
        spread += sum(rate * (1 - rate) for rate in rates)
        found += sum(isinstance(one, Order) and cause(one) is not None for one in story)
    assert abs(found - expected) < 4 * spread**0.5
