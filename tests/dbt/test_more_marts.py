"""From rows of `raw` to the marts that say what is usual, who watches, what was answered and what can be compared."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from tests.dbt.conftest import NOW, Dbt, Warehouse, new_warehouse

MARTS = (
    "workspaces",
    "publications",
    "audience_daily",
    "hashtags_daily",
    "formats",
    "decay_curves",
    "benchmarks",
    "competitors_daily",
    "comments",
    "comparable_metrics",
    "metric_coverage",
)
GREEN = {"success", "pass", "no-op"}
PUBLISHED = datetime(2026, 10, 1, tzinfo=UTC)


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, number, hour, tzinfo=UTC)


def aged(hours: float) -> datetime:
    return PUBLISHED + timedelta(hours=hours)


@pytest.fixture(scope="module")
def marts(dbt: Dbt) -> Warehouse:
    """A brand built once, and once more by parts after more was seen."""
    ours = new_warehouse(dbt.url)
    for platform in ("facebook", "instagram", "linkedin", "tiktok", "x"):
        ours.connect(platform)
    _posts(ours)
    _ageing(ours)
    _first_look(ours)
    _published(ours)
    assert set(dbt.build().values()) <= GREEN
    _second_look(ours)
    assert set(dbt.build().values()) <= GREEN
    return ours


def _posts(ours: Warehouse) -> None:
    for name, at, text, reach, likes in (
        ("i1", day(20), "Ny #Kaffe! #kaffe #te", 10, 5),
        ("i2", day(20), "mer #kaffe", 100, 25),
        ("i3", day(21), "uten tall #kaffe", None, None),
    ):
        ours.observed("instagram", "posts", external_id=name, published_at=at, kind="IMAGE", text=text)
        for metric, value in (("reach", reach), ("likes", likes)):
            if value is not None:
                ours.observed("instagram", "post_metrics", external_id=name, metric=metric, value=value)
    ours.observed("instagram", "posts", day(20), external_id="i4", published_at=day(19), kind="IMAGE", text="#borte")
    ours.observed("instagram", "posts", external_id="old", published_at=day(1) - timedelta(days=200), kind="IMAGE")
    ours.observed("instagram", "post_metrics", external_id="old", metric="likes", value=77)
    ours.observed("facebook", "posts", external_id="f1", published_at=day(20), kind="added_photos", text="hei")
    ours.observed("x", "posts", external_id="x1", published_at=day(20), kind="text", text="hei")
    for platform in ("facebook", "instagram", "linkedin", "tiktok", "x"):
        ours.loaded(platform, "posts", NOW)


def _ageing(ours: Warehouse) -> None:
    """One post that is final, one that was seen at two ages far apart, and one that is too young to be final."""
    for name in ("t1", "t2", "t3"):
        ours.observed("tiktok", "posts", aged(1), external_id=name, published_at=PUBLISHED, kind="video")
    for name, seen in (
        ("t1", ((0.95, 100), (6.2, 400), (25, 800), (700, 1000))),
        ("t2", ((3, 100), (40, 900), (700, 1000))),
        ("t3", ((1, 100), (400, 200))),
    ):
        for hours, views in seen:
            ours.observed("tiktok", "post_metrics", aged(hours), external_id=name, views=views)


def _first_look(ours: Warehouse) -> None:
    answer = {"post_external_id": "f1", "published_at": day(20, 15)}
    ours.observed("facebook", "comments", day(20), external_id="c1", text="før", author="Kari", likes=1, **answer)
    ours.observed("facebook", "comments", day(20), external_id="c2", text="fy", author="Ola", **answer)
    for name, parent in (("r1", "x1"), ("r2", "r1")):
        ours.observed(
            "x", "comments", day(20), external_id=name, post_external_id="x1", parent_external_id=parent,
            published_at=day(20, 15), author="per", text="svar",
        )  # fmt: skip
    ours.observed("instagram", "demographics", day(19), dimension="country", value="NO", amount=100)
    ours.observed("instagram", "demographics", day(20), dimension="country", value="NO", amount=110)
    ours.observed("linkedin", "demographics", day(20), dimension="Industry", value="urn:li:industry:4", amount=9)
    ours.observed("linkedin", "demographics", day(20), dimension="Industry", value="urn:li:industry:5", amount=8)
    ours.observed("linkedin", "demographics_names", day(20), sort="industry", number="4", name="Kafeer")
    _rival(ours, 18, followers=100)
    _rival(ours, 20, followers=90)
    _profile(ours)


def _profile(ours: Warehouse) -> None:
    ours.observed("linkedin", "posts", external_id="l1", published_at=day(20), kind="text", text="hei")
    for metric, amount in (("IMPRESSION", 500), ("MEMBERS_REACHED", 400), ("REACTION", 7), ("RESHARE", 2)):
        ours.observed("linkedin", "post_metrics_person", day(21), external_id="l1", metric=metric, amount=amount)
    for metric, amount in (("IMPRESSION", 90), ("REACTION", 3)):
        ours.observed(
            "linkedin", "account_metrics_person", day(21), as_of_date=date(2026, 11, 20), metric=metric, amount=amount
        )
    ours.observed("linkedin", "account_metrics_views", day(21), as_of_date=date(2026, 11, 20), page_views=12)


def _rival(ours: Warehouse, number: int, followers: int) -> None:
    media = [
        {"id": "m1", "timestamp": "2026-11-10T08:00:00+0000", "like_count": followers, "comments_count": 1},
        {"id": "m2", "timestamp": "2026-11-11T08:00:00+0000", "comments_count": 1},
    ]
    ours.observed(
        "instagram", "competitors", day(number), external_id="7", username="rival", followers=followers, posts=5,
        media=json.dumps(media),
    )  # fmt: skip
    ours.loaded("instagram", "competitors", day(number))


def _published(ours: Warehouse) -> None:
    user, post = uuid4(), uuid4()
    ours._insert("app.users", id=user, email=f"{user}@example.com", name="Kari", password_hash="")
    ours._insert("app.posts", id=post, workspace_id=ours.workspace_id, author_id=user, text="hei")
    for platform, external_id, published_at in (("x", "x1", day(20) + timedelta(seconds=90)), ("tiktok", None, None)):
        ours._insert(
            "app.publications",
            id=uuid4(),
            workspace_id=ours.workspace_id,
            post_id=post,
            account_id=ours.accounts[platform],
            status="published" if external_id else "failed",
            scheduled_at=day(20),
            scheduled_zone="Europe/Oslo",
            due_at=day(20),
            attempt=1,
            external_id=external_id,
            published_at=published_at,
        )


def _second_look(ours: Warehouse) -> None:
    """News of some, and of one comment that it was removed, which touches no account."""
    ours.observed(
        "x", "comments", day(22), external_id="r2", post_external_id="x1", parent_external_id="r1",
        published_at=day(20, 15), author="per", text="rettet",
    )  # fmt: skip
    ours.observed("instagram", "posts", day(22), external_id="i4", published_at=day(19), kind="IMAGE")
    ours.observed("instagram", "demographics", day(22), dimension="country", value="NO", amount=120)
    ours.loaded("instagram", "competitors", day(21))
    _rival(ours, 22, followers=95)
    ours.observed("tiktok", "post_metrics", aged(800), external_id="t2", views=1100)
    ours._insert(
        "app.inbound_events",
        id=uuid4(),
        platform="facebook",
        event_id="e1",
        kind="feed",
        account_external_id="facebook Nordlys",
        subject_external_id="c2",
        occurred_at=day(21),
        body=json.dumps({"item": "comment", "verb": "remove", "comment_id": "c2", "post_id": "f1"}),
    )


def of(marts: Warehouse, query: str, *values: object) -> list[Any]:
    """Rows of the brand: `query` ends in a condition."""
    return marts.rows(f"{query} and workspace_id = %s order by 1, 2", *values, marts.workspace_id)


def test_a_workspace_says_what_it_has(marts: Warehouse) -> None:
    found = marts.one(
        "select name, currency, accounts, posts, first_post_at, last_observed_at, modelled_at is not null"
        " from marts.workspaces where workspace_id = %s",
        marts.workspace_id,
    )
    assert found == ("Test brand", "EUR", 5, 11, day(1) - timedelta(days=200), NOW, True)


def test_a_publication_knows_its_lateness_and_its_post(marts: Warehouse) -> None:
    found = of(
        marts,
        "select platform, status, lateness_seconds, (select external_id from marts.posts p"
        " where p.post_key = publications.post_key) from marts.publications where true",
    )
    assert found == [("tiktok", "failed", None, None), ("x", "published", 90, "x1")]


def test_the_audience_keeps_its_history(marts: Warehouse) -> None:
    found = of(marts, "select as_of_date, amount, is_latest from marts.audience_daily where platform = %s", "instagram")
    assert found == [
        (date(2026, 11, 19), 100, False),
        (date(2026, 11, 20), 110, False),
        (date(2026, 11, 22), 120, True),
    ]


def test_groups_have_their_names_where_the_network_tells_them(marts: Warehouse) -> None:
    found = of(marts, "select value, name, amount from marts.audience_daily where platform = %s", "linkedin")
    assert found == [("urn:li:industry:4", "Kafeer", 9), ("urn:li:industry:5", "urn:li:industry:5", 8)]


def test_the_figures_of_a_profile_reach_its_posts_and_days(marts: Warehouse) -> None:
    columns = "impressions, reach, likes, comments, shares, clicks, engagements"
    assert of(marts, f"select {columns} from marts.posts where platform = %s", "linkedin") == [
        (500, 400, 7, None, 2, None, 9)
    ]
    assert of(
        marts,
        "select as_of_date, impressions, likes, reach, profile_visits, basis"
        " from marts.account_metrics_daily where platform = %s",
        "linkedin",
    ) == [(date(2026, 11, 20), 90, 3, None, 12, "daily")]


def test_a_hashtag_counts_each_post_once_and_says_how_many_are_known(marts: Warehouse) -> None:
    found = of(
        marts,
        "select hashtag, published_date, posts, reach, reach_known, likes, engagements_with_reach,"
        " reach_with_engagements, saves, saves_known from marts.hashtags_daily where true",
    )
    assert found == [
        ("kaffe", date(2026, 11, 20), 2, 110, 2, 30, 30, 110, None, 0),
        ("kaffe", date(2026, 11, 21), 1, None, 0, None, None, None, None, 0),
        ("te", date(2026, 11, 20), 1, 10, 1, 5, 5, 10, None, 0),
    ]


def test_a_format_has_the_rate_of_its_sums_in_each_period(marts: Warehouse) -> None:
    found = of(
        marts,
        "select kind, period, posts, likes, likes_known, median_engagements, engagement_rate, engagement_rate_by"
        " from marts.formats where platform = %s",
        "instagram",
    )
    assert found == [
        ("image", "365_days", 5, 107, 3, 25, 30 / 110, "reach"),
        ("image", "90_days", 4, 30, 2, 15, 30 / 110, "reach"),
        ("image", "all", 5, 107, 3, 25, 30 / 110, "reach"),
    ]


def test_a_share_of_the_final_figure_is_known_only_near_an_observation(marts: Warehouse) -> None:
    found = of(
        marts,
        "select metric, age_hours, posts, posts_seen, median from marts.decay_curves where platform = %s",
        "tiktok",
    )
    at_6 = (100 + 300 * (6 - 0.95) / (6.2 - 0.95)) / 1000
    at_24 = (400 + 400 * (24 - 6.2) / (25 - 6.2)) / 1000
    assert [row[:4] for row in found] == [
        ("views", 1, 2, 1),
        ("views", 6, 2, 1),
        ("views", 24, 2, 1),
        ("views", 168, 2, 0),
    ]
    assert [row[4] for row in found] == [0.1, pytest.approx(at_6), pytest.approx(at_24), None]


def test_a_benchmark_is_of_posts_that_know_the_metric(marts: Warehouse) -> None:
    found = of(
        marts,
        "select basis, metric, denominator, posts, lower_quartile, median, upper_quartile from marts.benchmarks"
        " where platform = 'instagram' and period = '90_days' and basis in ('account', 'competitor')",
    )
    assert found == [
        ("account", "engagement_rate", "reach", 2, 0.3125, 0.375, 0.4375),
        ("account", "engagements", None, 2, 10, 15, 20),
        # Only one post of the competitor tells its likes.
        ("competitor", "public_engagements", None, 1, 96, 96, 96),
    ]


def test_growth_of_a_competitor_is_unknown_without_the_day_before(marts: Warehouse) -> None:
    found = of(
        marts,
        "select as_of_date, name, followers, followers_growth, posts_growth from marts.competitors_daily"
        " where competitor_id = '7'",
    )
    assert found == [
        (date(2026, 11, 18), "rival", 100, None, None),
        (date(2026, 11, 20), "rival", 90, None, None),
        (date(2026, 11, 21), "rival", 90, 0, 0),
        (date(2026, 11, 22), "rival", 95, 5, 0),
    ]


def test_a_comment_is_as_last_seen_and_a_removed_one_says_when(marts: Warehouse) -> None:
    found = of(
        marts, "select external_id, text, author_name, parent_external_id, deleted_at from marts.comments where true"
    )
    assert found == [
        ("c1", "før", "Kari", None, None),
        ("c2", "fy", "Ola", None, day(21)),
        ("r1", "svar", "per", None, None),
        ("r2", "rettet", "per", "r1", None),
    ]
    posts = of(
        marts,
        "select distinct p.external_id, c.platform from marts.comments c join marts.posts p"
        " using (workspace_id, post_key) where true",
    )
    assert posts == [("f1", "facebook"), ("x1", "x")]


def test_networks_are_compared_by_what_each_of_them_offers(marts: Warehouse) -> None:
    query = (
        "select metric, bool_and(is_offered), array_agg(platform order by platform) filter (where not is_offered)"
        " from marts.comparable_metrics where workspace_id = %s and grain = 'post_lifetime'"
        " and platform in ('instagram', 'tiktok') and metric in ('views', 'saves', 'engagements', 'impressions',"
        " 'engagement_rate_by_views', 'engagement_rate_by_reach') group by metric order by metric"
    )
    assert marts.rows(query, marts.workspace_id) == [
        ("engagement_rate_by_reach", False, ["tiktok"]),
        ("engagement_rate_by_views", True, None),
        ("engagements", True, None),
        ("impressions", False, ["instagram", "tiktok"]),
        ("saves", False, ["tiktok"]),
        ("views", True, None),
    ]
    parts = of(
        marts,
        "select platform, parts from marts.comparable_metrics"
        " where grain = 'post_lifetime' and metric = 'engagements' and platform in ('facebook', 'x')",
    )
    assert parts == [
        ("facebook", ["reactions", "comments", "shares", "clicks"]),
        ("x", ["likes", "comments", "shares", "saves", "clicks"]),
    ]


def test_coverage_says_from_when_a_figure_is_known(marts: Warehouse) -> None:
    found = of(
        marts,
        "select grain, metric, first_date, last_date, days_known from marts.metric_coverage"
        " where platform = 'instagram' and metric in ('likes', 'reach', 'posts', 'saves')",
    )
    assert found == [
        ("post", "likes", date(2026, 4, 15), date(2026, 11, 20), 2),
        ("post", "posts", date(2026, 4, 15), date(2026, 11, 21), 4),
        ("post", "reach", date(2026, 11, 20), date(2026, 11, 20), 1),
    ]


def test_built_by_parts_is_built_anew_and_is_what_is_known_now(marts: Warehouse, dbt: Dbt) -> None:
    by_parts = {mart: _content(marts, f"marts.{mart}") for mart in MARTS}
    assert set(dbt.build("--full-refresh").values()) <= GREEN
    anew = {mart: _content(marts, f"marts.{mart}") for mart in MARTS}
    assert set(dbt.build("--target", "known", "--resource-type", "model").values()) <= GREEN
    known = {mart: _content(marts, f"known.{mart}") for mart in MARTS}
    for mart in MARTS:
        assert by_parts[mart], mart
        assert by_parts[mart] == anew[mart], mart
        assert by_parts[mart] == known[mart], mart


def _content(marts: Warehouse, mart: str) -> list[str]:
    """All that a person of the brand sees of a mart, but when it was modelled."""
    with psycopg.connect(marts.url) as connection:
        connection.execute("set role nest_app")
        connection.execute("select set_config('nest.workspace_id', %s, true)", [str(marts.workspace_id)])
        rows = connection.execute(f"select (to_jsonb(t) - 'modelled_at')::text from {mart} as t".encode()).fetchall()
    return sorted(text for (text,) in rows)


def test_another_brand_sees_none_of_it(marts: Warehouse) -> None:
    other: UUID = new_warehouse(marts.url).workspace_id
    with psycopg.connect(marts.url) as connection:
        connection.execute("set role nest_app")
        connection.execute("select set_config('nest.workspace_id', %s, true)", [str(other)])
        for mart in MARTS:
            row = connection.execute(f"select count(*) from marts.{mart}".encode()).fetchone()
            assert row == (0,), mart
