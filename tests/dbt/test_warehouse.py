"""From rows of `raw` to the marts: what a reader of the marts may rely on."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from ingestion.files import import_file
from scoring.content import score_all
from tests.dbt.conftest import NOW, PROJECT, Dbt, Warehouse, new_warehouse

SAMPLE = Path(__file__).resolve().parents[2] / "ingestion" / "files" / "samples" / "facebook_metrics.csv"
MARTS = {model.stem for model in (PROJECT / "models" / "marts").rglob("*.sql")}
# Those that the rows of these tests have something for.
FILLED = {"accounts", "posts", "post_lifetime", "post_metrics_daily", "account_metrics_daily", "data_freshness"}


def day(number: int, hour: int = 12) -> datetime:
    return datetime(2026, 11, number, hour, tzinfo=UTC)


@pytest.fixture(scope="module")
def marts(dbt: Dbt) -> Warehouse:
    """A warehouse first built empty, then filled with some of every network and a file, built, scored, served."""
    assert set(dbt.build().values()) <= {"success", "pass", "no-op"}
    ours = new_warehouse(dbt.url)
    for platform in ("facebook", "instagram", "linkedin", "tiktok", "x", "youtube"):
        ours.connect(platform)
    _facebook(ours)
    _tiktok(ours)
    _x(ours)
    _youtube(ours)
    _instagram_and_linkedin(ours)
    import_file(ours.workspace_id, SAMPLE)
    assert set(dbt.build().values()) <= {"success", "pass", "no-op"}
    score_all()
    return ours


def _facebook(ours: Warehouse) -> None:
    ours.observed(
        "facebook", "posts", external_id="f1", published_at=day(20), kind="added_photos", text="Ny #Kaffe! #kaffe"
    )
    ours.observed("facebook", "post_metrics", day(21), external_id="f1", reactions=10, comments=2, shares=None)
    for metric, value in (("post_media_view", 500), ("post_total_media_view_unique", 400), ("post_clicks", 8)):
        ours.observed("facebook", "post_metrics_insights", day(21, 13), external_id="f1", metric=metric, value=value)
    # Only the views changed since.
    ours.observed("facebook", "post_metrics_insights", day(22), external_id="f1", metric="post_media_view", value=450)
    for name, value in (("page_media_view", 900), ("page_post_engagements", 33), ("page_follows", 70)):
        ours.observed(
            "facebook", "account_metrics", day(22), metric=name, value=value,
            end_time=datetime(2026, 11, 21, 8, tzinfo=UTC),
        )  # fmt: skip
    for resource in ("posts", "post_metrics", "account_metrics", "accounts"):
        ours.loaded("facebook", resource, NOW)
    ours.loaded("facebook", "post_metrics", NOW, status="failed")


def _tiktok(ours: Warehouse) -> None:
    ours.observed("tiktok", "posts", day(10), external_id="t1", published_at=day(1), kind="video", text="hei")
    ours.observed("tiktok", "post_metrics", day(10), external_id="t1", views=100, likes=10, comments=1, shares=0)
    ours.observed("tiktok", "post_metrics", day(15), external_id="t1", views=180, likes=9, comments=1, shares=0)
    ours.observed("tiktok", "accounts", day(15), external_id="tiktok Nordlys", name="Nordlys Kaffe", followers=55)
    for resource in ("posts", "post_metrics", "accounts"):
        ours.loaded("tiktok", resource, day(15))


def _x(ours: Warehouse) -> None:
    ours.observed("x", "posts", external_id="x1", published_at=day(20), kind="text", text="hi")
    ours.observed("x", "posts", external_id="x2", published_at=day(18), kind="text", text="a day is missing")
    for number, clicks in ((20, 4), (21, 3)):
        ours.observed(
            "x", "post_metrics_daily", day(21, 13), external_id="x1", as_of_date=date(2026, 11, number), clicks=clicks,
            impressions=50, likes=1, comments=0, reposts=1, quotes=1,
        )  # fmt: skip
    # The last day was still going on.
    ours.observed(
        "x", "post_metrics_daily", day(22), external_id="x1", as_of_date=date(2026, 11, 21), clicks=5,
        impressions=80, likes=2, comments=0, reposts=1, quotes=1,
    )  # fmt: skip
    ours.observed("x", "post_metrics_daily", day(22), external_id="x2", as_of_date=date(2026, 11, 20), clicks=9)
    for post in ("x1", "x2"):
        ours.observed(
            "x", "post_metrics", day(22), external_id=post, impressions=130, likes=3, comments=0, reposts=2, quotes=2
        )
    for resource in ("posts", "post_metrics", "post_metrics_daily", "accounts"):
        ours.loaded("x", resource, NOW)


def _youtube(ours: Warehouse) -> None:
    ours.observed(
        "youtube",
        "posts",
        external_id="y1",
        published_at=day(1),
        title="Roast #shorts",
        text="how to",
        duration="PT59S",
    )
    ours.observed("youtube", "post_metrics", day(10), external_id="y1", views=100, likes=7, comments=1)
    # The owner hid the likes.
    ours.observed("youtube", "post_metrics", day(12), external_id="y1", views=140, likes=None, comments=1)
    ours.observed(
        "youtube", "account_metrics", day(12), as_of_date=date(2026, 11, 9), views=33, likes=2, comments=0, shares=1
    )
    ours.observed("youtube", "post_metrics_daily", day(12), external_id="y2", as_of_date=date(2026, 11, 9), views=6)
    ours.observed(
        "youtube", "demographics", day(12), dimension="ageGroup", value="age65-", amount=12.5, unit="viewerPercentage",
        start_date=date(2026, 8, 14), end_date=date(2026, 11, 12),
    )  # fmt: skip
    for resource in ("posts", "post_metrics", "account_metrics", "accounts"):
        ours.loaded("youtube", resource, day(12))


def _instagram_and_linkedin(ours: Warehouse) -> None:
    # Figures of a post whose own line broke the contract.
    ours.observed("instagram", "post_metrics", day(22), external_id="i1", metric="reach", value=90)
    ours.observed("instagram", "post_metrics", day(22), external_id="i1", metric="likes", value=9)
    for number in range(1, 8):
        ours.observed("linkedin", "posts", external_id=f"l{number}", published_at=day(number), kind="image", text="x")
        ours.observed(
            "linkedin", "post_metrics", day(20), external_id=f"l{number}", impressions=100, likes=number, clicks=0
        )
    ours.loaded("instagram", "post_metrics")
    ours.loaded("linkedin", "post_metrics")


def post(marts: Warehouse, external_id: str, columns: str) -> tuple[object, ...]:
    found: tuple[object, ...] = marts.one(
        f"select {columns} from marts.posts where workspace_id = %s and external_id = %s",
        marts.workspace_id,
        external_id,
    )
    return found


def test_models_make_of_given_rows_what_their_unit_tests_say(marts: Warehouse, dbt: Dbt) -> None:
    found = dbt.test_units()
    assert len(found) > 10
    assert set(found.values()) <= {"success", "pass"}


def test_figures_of_several_answers_are_one_state(marts: Warehouse) -> None:
    figures = "reactions, comments, shares, views, reach, clicks, saves, impressions, engagements, engagement_rate_by"
    assert post(marts, "f1", figures) == (10, 2, None, 450, 400, 8, None, None, 20, "reach")
    assert post(marts, "f1", "engagement_rate, kind, hashtags, origin") == (0.05, "image", ["kaffe"], "network")


def test_every_observation_is_kept_with_its_lake_page(marts: Warehouse) -> None:
    seen = marts.rows(
        "select observed_at, reactions, views, lake_path from marts.post_lifetime"
        " where workspace_id = %s and external_id = 'f1' order by observed_at",
        marts.workspace_id,
    )
    assert [(at, reactions, views) for at, reactions, views, _ in seen] == [
        (day(21), 10, None),
        (day(21, 13), 10, 500),
        (day(22), 10, 450),
    ]
    assert seen[0][3] == "api/facebook/post_metrics/one.parquet"


def test_nothing_is_spread_and_a_falling_counter_is_kept_and_flagged(marts: Warehouse) -> None:
    changes = marts.rows(
        "select d.as_of_date, d.basis, d.interval_start, d.interval_end, d.views, d.likes, d.saves, d.is_falling,"
        " d.is_settled from marts.post_metrics_daily d join marts.posts p using (workspace_id, post_key)"
        " where workspace_id = %s and p.external_id = 't1' order by 1",
        marts.workspace_id,
    )
    assert changes == [
        (date(2026, 11, 10), "first", day(1), day(10), 100, 10, None, False, True),
        (date(2026, 11, 15), "difference", day(10), day(15), 80, -1, None, True, False),
    ]


def test_a_hidden_counter_is_unknown_again(marts: Warehouse) -> None:
    assert post(marts, "y1", "views, likes, comments, engagements, kind") == (140, None, 1, 1, "short")


def test_lifetime_clicks_on_x_need_every_day(marts: Warehouse) -> None:
    assert post(marts, "x1", "clicks, shares, impressions") == (9, 4, 130)
    assert post(marts, "x2", "clicks, shares, impressions") == (None, 4, 130)


def test_days_told_by_the_network_are_not_counted_twice(marts: Warehouse) -> None:
    days = marts.rows(
        "select as_of_date, d.basis, d.clicks, d.is_settled from marts.post_metrics_daily d"
        " join marts.posts p using (workspace_id, post_key)"
        " where workspace_id = %s and p.external_id = 'x1' order by 1",
        marts.workspace_id,
    )
    assert days == [(date(2026, 11, 20), "daily", 4, True), (date(2026, 11, 21), "daily", 5, False)]


def test_a_day_of_facebook_is_the_pacific_day_that_its_midnight_ends(marts: Warehouse) -> None:
    found = marts.one(
        "select as_of_date, views, engagements, followers, impressions, basis, is_settled, posts_published"
        " from marts.account_metrics_daily where workspace_id = %s and platform = 'facebook'",
        marts.workspace_id,
    )
    assert found == (date(2026, 11, 20), 900, 33, 70, None, "daily", False, 1)


def test_days_of_an_account_say_where_they_come_from(marts: Warehouse) -> None:
    found = marts.rows(
        "select platform, as_of_date, basis, views, clicks, followers from marts.account_metrics_daily"
        " where workspace_id = %s and platform in ('tiktok', 'x', 'youtube') order by 1, 2",
        marts.workspace_id,
    )
    assert found == [
        ("tiktok", date(2026, 11, 15), "observed", None, None, 55),
        ("x", date(2026, 11, 20), "posts", None, 13, None),
        ("x", date(2026, 11, 21), "posts", None, 5, None),
        ("youtube", date(2026, 11, 9), "daily", 33, None, None),
    ]


def test_a_post_that_was_never_listed_keeps_its_figures(marts: Warehouse) -> None:
    assert post(marts, "i1", "kind, published_at, likes, reach, engagements") == ("unknown", None, 9, 90, 9)


def test_a_day_that_is_told_before_its_post_is_listed_belongs_to_a_post(marts: Warehouse) -> None:
    told = post(marts, "y2", "kind, published_at, views, observed_at, why_unknown ->> 'views'")
    assert told == ("unknown", None, None, day(12), "not_yet")
    found = marts.one(
        "select as_of_date, d.views from marts.post_metrics_daily d join marts.posts p using (workspace_id, post_key)"
        " where workspace_id = %s and p.external_id = 'y2'",
        marts.workspace_id,
    )
    assert found == (date(2026, 11, 9), 6)


def test_an_account_has_its_newest_counters(marts: Warehouse) -> None:
    found = marts.one(
        "select name, followers, following, followers_observed_at, first_post_at, last_observed_at from marts.accounts"
        " where workspace_id = %s and platform = 'tiktok'",
        marts.workspace_id,
    )
    assert found == ("Nordlys Kaffe", 55, None, day(15), day(1), day(15))


def test_audience_says_what_it_counts(marts: Warehouse) -> None:
    found = marts.one(
        "select platform, dimension, value, amount, unit from marts.audience_daily where workspace_id = %s",
        marts.workspace_id,
    )
    assert found == ("youtube", "age", "65+", 12.5, "percent")


def test_freshness_keeps_the_last_success_beside_a_failure(marts: Warehouse) -> None:
    found = marts.one(
        "select last_status, last_observed_at, settled_to, quarantined, next_expected_at - last_success_at"
        " from marts.data_freshness where workspace_id = %s and platform = 'facebook' and resource = 'post_metrics'",
        marts.workspace_id,
    )
    assert found == ("failed", NOW, date(2026, 11, 21), 4, timedelta(hours=1))


def test_sums_over_an_imported_file_are_found_again(marts: Warehouse) -> None:
    found = marts.one(
        "select count(*), sum(impressions), sum(reach), sum(likes), sum(comments), sum(shares), sum(clicks),"
        " count(views), count(published_at), bool_and(origin = 'file') from marts.posts"
        " where workspace_id = %s and source = 'file'",
        marts.workspace_id,
    )
    assert found == (400, 12286580, 5575095, 75749, 3216, 11477, 576480, 0, 0, True)


def test_scores_reach_the_posts_that_have_something_to_compare_with(marts: Warehouse) -> None:
    scores = {
        external_id: told
        for external_id, *told in marts.rows(
            "select p.external_id, s.score, s.basis, s.n from scoring.post_scores s"
            " join marts.posts p using (workspace_id, post_key) where workspace_id = %s",
            marts.workspace_id,
        )
    }
    assert scores["l7"][0] > 60 > 40 > scores["l1"][0]
    assert scores["l7"][1:] == ["account+kind", 7]
    assert "i1" not in scores


def test_scores_are_made_anew_where_posts_were_modelled_since_and_nowhere_else(dbt: Dbt, marts: Warehouse) -> None:
    def scored_at(external_id: str) -> datetime:
        (found,) = marts.one(
            "select scored_at from scoring.post_scores s join marts.posts p using (workspace_id, post_key)"
            " where workspace_id = %s and p.external_id = %s",
            marts.workspace_id,
            external_id,
        )
        assert isinstance(found, datetime)
        return found

    file_post, *_ = marts.one(
        "select p.external_id from scoring.post_scores s join marts.posts p using (workspace_id, post_key)"
        " where workspace_id = %s and p.source = 'file' order by 1 limit 1",
        marts.workspace_id,
    )
    before = {post: scored_at(post) for post in ("l1", "l7", file_post)}
    marts.touch("linkedin", "l1")
    dbt.build()
    score_all()
    assert scored_at("l1") == scored_at("l7") > before["l1"]
    assert scored_at(file_post) == before[file_post]


def test_every_mart_is_behind_forced_row_level_security(marts: Warehouse) -> None:
    secured = marts.rows(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'marts' and c.relkind = 'r' and c.relrowsecurity and c.relforcerowsecurity"
    )
    assert {name for (name,) in secured} == MARTS
    assert not marts.rows(
        "select 1 from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'r' and not"
        " c.relforcerowsecurity and n.nspname = 'intermediate'"
    )


def test_another_workspace_sees_nothing(marts: Warehouse) -> None:
    other = new_warehouse(marts.url).workspace_id
    for name in sorted(MARTS):
        assert _seen_by(marts, marts.workspace_id, name) > 0 or name not in FILLED, name
        assert _seen_by(marts, other, name) == 0, name
        assert _seen_by(marts, None, name) == 0, name


def _seen_by(marts: Warehouse, workspace_id: UUID | None, mart: str) -> int:
    with psycopg.connect(marts.url) as connection:
        connection.execute("set role nest_app")
        connection.execute("select set_config('nest.workspace_id', %s, true)", [str(workspace_id or "")])
        row = connection.execute(f"select count(*) from marts.{mart}".encode()).fetchone()
    assert row is not None
    return int(row[0])
