"""What the brand can learn: kinds of post, ages, hashtags, what is usual, competitors, networks side by side."""

from datetime import timedelta

import pytest

from tests.api.conftest import NOW, TODAY, Caller, World


def test_kinds_of_post_come_with_what_is_usual(owner: Caller, world: World) -> None:
    account = world.account("x")
    shared = {"account_id": account, "platform": "x", "period": "90_days", "period_end": TODAY}
    world.insert("marts.formats", **shared, kind="video", posts=3, median_engagements=2.5, likes=8, likes_known=3)
    world.insert("marts.formats", **{**shared, "period": "all"}, kind="video", posts=9)
    (kind,) = owner.get("/analytics/formats").json()["items"]
    assert (kind["kind"], kind["posts"], kind["median_engagements"], kind["views"]) == ("video", 3, 2.5, None)
    assert owner.get("/analytics/formats", platforms="tiktok").json()["items"] == []


def test_ages_are_told_in_order(owner: Caller, world: World) -> None:
    account = world.account("x")
    for hours, share in ((24, 0.8), (1, None)):
        world.insert(
            "marts.decay_curves",
            account_id=account,
            platform="x",
            kind="text",
            metric="engagements",
            age_hours=hours,
            posts=4,
            posts_seen=3 if share else 0,
            median=share,
        )
    found = owner.get("/analytics/decay").json()
    assert [(point["age_hours"], point["median"]) for point in found["items"]] == [(1, None), (24, 0.8)]


def test_hashtags_are_summed_and_rates_are_one_sum_over_another(owner: Caller, world: World) -> None:
    account = world.account("x")
    for back, engagements, views in ((1, 10, 100), (2, 5, None)):
        world.insert(
            "marts.hashtags_daily",
            account_id=account,
            platform="x",
            hashtag="kaffe",
            published_date=TODAY - timedelta(days=back),
            posts=1,
            engagements=engagements,
            views=views,
            engagements_with_views=engagements if views else None,
            views_with_engagements=views,
        )
    (tag,) = owner.get("/analytics/hashtags").json()["items"]
    assert (tag["hashtag"], tag["posts"], tag["engagements"], tag["views"]) == ("kaffe", 2, 15, 100)
    assert tag["engagement_rate_by_views"] == pytest.approx(0.1)
    assert tag["engagement_rate_by_reach"] is None


def test_competitors_grow_from_the_first_day_they_were_looked_up(owner: Caller, world: World) -> None:
    for back, followers in ((9, 100), (1, 130)):
        world.insert(
            "marts.competitors_daily",
            platform="x",
            competitor_id="c1",
            handle="rival",
            name="Rival",
            as_of_date=TODAY - timedelta(days=back),
            followers=followers,
            observed_at=NOW,
        )
    world.insert(
        "marts.benchmarks",
        basis="competitor",
        platform="x",
        competitor_id="c1",
        period="90_days",
        metric="public_engagements",
        posts=7,
        median=12,
    )
    (rival,) = owner.get("/analytics/competitors").json()["items"]
    assert (rival["name"], rival["followers"], rival["followers_growth"], rival["posts_growth"]) == (
        "Rival",
        130,
        30,
        None,
    )
    (usual,) = owner.get("/analytics/benchmarks").json()["items"]
    assert (usual["competitor"], usual["median"], usual["lower_quartile"]) == ("Rival", 12, None)


def test_networks_are_compared_over_what_all_of_them_offer(owner: Caller, world: World) -> None:
    instagram, x = world.account("instagram"), world.account("x")
    world.post(instagram, "instagram", TODAY, likes=5, reach=50)
    world.post(x, "x", TODAY, likes=3, impressions=90)
    for platform, metric, offered in (
        ("instagram", "likes", True),
        ("x", "likes", True),
        ("instagram", "reach", True),
        ("x", "reach", False),
        ("instagram", "engagement_rate_by_reach", True),
        ("x", "engagement_rate_by_reach", False),
    ):
        world.insert(
            "marts.comparable_metrics",
            platform=platform,
            accounts=1,
            grain="post_lifetime",
            metric=metric,
            is_offered=offered,
        )
    found = owner.get("/analytics/comparison").json()
    assert found["metrics"] == ["likes"]
    assert [network["figures"] for network in found["networks"]] == [{"likes": 5}, {"likes": 3}]
    assert {gap["metric"]: (gap["platforms"], gap["reason"]) for gap in found["left_out"]} == {
        "reach": (["x"], "X offers no reach"),
        "engagement_rate_by_reach": (["x"], "X offers no engagement rate by reach"),
    }
    alone = owner.get("/analytics/comparison", platforms="instagram").json()
    assert "reach" in alone["metrics"]
    assert alone["left_out"] == []
