"""The law of numbers, held against a story in which figures come late, fall, are corrected and end."""

from datetime import date
from typing import Any, LiteralString

import psycopg
import pytest

from tests.dbt.conftest import MODELS, PROJECT, Dbt, Warehouse, new_warehouse
from tests.dbt.story import BIG, STEPS, day, happen, new

# What says when a build was, and what it reads of others' clocks.
MOMENTS = ("modelled_at", "next_expected_at")
MARTS = sorted(model.stem for model in (PROJECT / "models" / "marts").rglob("*.sql"))


def beside(ours: Warehouse, step: int) -> None:
    """Posts that are final: one turns out to be of another kind; one is by a load that runs on during a build."""
    if step == 0:
        ours.connect("tiktok")
        for name in ("final", "turned", "asked"):
            ours.observed("tiktok", "posts", day(1), external_id=name, published_at=day(1, 8), kind="video")
            for moment, views in ((day(1), 50), (day(2), 80), (day(24), 100)):
                if name != "asked" or moment < day(24):
                    ours.observed("tiktok", "post_metrics", moment, external_id=name, views=views)
        ours.loaded("tiktok", "post_metrics", day(24), "running")
        ours.execute(
            "insert into app.post_readings (workspace_id, account_id, resource, external_id, read_at)"
            " values (%s, %s, 'post_metrics', 'asked', now())",
            ours.workspace_id,
            ours.accounts["tiktok"],
        )
    elif step == 1:
        ours.observed("tiktok", "posts", day(24), external_id="turned", published_at=day(1, 8), kind="photo")
        ours.execute(
            "update app.loads set status = 'done', observed_at = %s, finished_at = now() where workspace_id = %s",
            day(24),
            ours.workspace_id,
        )


@pytest.fixture(scope="module")
def aside(dbt: Dbt) -> Warehouse:
    """Another workspace, which `told` fills and the last step leaves as it is."""
    return new_warehouse(dbt.url)


@pytest.fixture(scope="module")
def told(dbt: Dbt, aside: Warehouse) -> Warehouse:
    """The story, a build after each step of it, and something that no network told before the last."""
    ours = new(new_warehouse(dbt.url))
    dbt.build(*MODELS, "--resource-type", "seed")
    for step in range(len(STEPS)):
        happen(ours, step)
        beside(aside, step)
        dbt.build(*MODELS)
    ours.execute("update app.accounts set name = 'Nordlys Kaffe' where workspace_id = %s", ours.workspace_id)
    dbt.build()
    return ours


def rows(ours: Warehouse, mart: str) -> list[Any]:
    """Everything that a mart says of the workspace, in an order of its own."""
    left_out = " - ".join(f"'{name}'" for name in MOMENTS)
    query = f"select to_jsonb(m) - {left_out} from marts.{mart} m where workspace_id = %s order by 1"
    return [row for (row,) in ours.rows(query, ours.workspace_id)]


def test_builds_by_parts_say_what_a_build_of_everything_says(dbt: Dbt, told: Warehouse, aside: Warehouse) -> None:
    by_parts = {mart: rows(told, mart) + rows(aside, mart) for mart in MARTS}
    assert not told.rows("select from raw.touched where touches > modelled")
    curves = (
        "select kind, posts from marts.decay_curves where workspace_id = %s and metric = 'views' and age_hours = 24"
    )
    assert sorted(told.rows(curves, aside.workspace_id)) == [("carousel", 1), ("video", 2)]
    dbt.build("--full-refresh")
    for mart in MARTS:
        assert rows(told, mart) + rows(aside, mart) == by_parts[mart], mart


def test_a_build_that_fails_or_is_of_some_models_leaves_its_scope_for_the_next(dbt: Dbt, told: Warehouse) -> None:
    told.touch("tiktok", "t1")
    dbt.build("--select", "staging", "int_scope")
    assert told.rows("select external_id from raw.touched where touches > modelled") == [("t1",)]
    dbt.build()
    assert not told.rows("select from raw.touched where touches > modelled")


def test_days_add_up_to_lifetime_to_the_unit(told: Warehouse) -> None:
    bridges = told.rows(
        "select p.external_id, lifetime, first_observed, daily_total, late, corrected, not_told, unexplained"
        " from marts.reconciliation r join marts.posts p using (workspace_id, post_key)"
        " where workspace_id = %s and metric = 'views' order by 1",
        told.workspace_id,
    )
    assert bridges == [
        ("gone", 40, 40, 0, 0, 0, 0, 0),
        ("t1", 12, 100, -88, 0, 0, 0, 0),
        # 30 when first told, 3 more a day later, 2 taken back when it was settled; 25 of the next day; 34 of no day.
        ("y1", 90, 0, 55, 3, -2, 34, 0),
    ]


def test_a_late_page_stands_on_its_own_day(told: Warehouse) -> None:
    changes = told.rows(
        "select as_of_date, d.views, d.likes, is_falling from marts.post_metrics_daily d"
        " join marts.posts p using (workspace_id, post_key)"
        " where workspace_id = %s and p.external_id = 't1' order by 1",
        told.workspace_id,
    )
    assert changes == [
        (date(2026, 11, 1), 100, 5, False),
        (date(2026, 11, 2), 50, 2, False),
        (date(2026, 11, 3), BIG - 150, 2, False),
        # Nothing was told of the likes, which is not that there were none.
        (date(2026, 11, 5), -7, None, True),
        (date(2026, 11, 6), 19 - BIG, 0, True),
    ]


def test_what_changed_after_it_was_told_is_on_record(told: Warehouse) -> None:
    changes = told.rows(
        "select grain, as_of_date, old_value, new_value, previous_observed_at, changed_at, why"
        " from marts.metric_changes where workspace_id = %s and metric = 'views' order by 6, 1, 3",
        told.workspace_id,
    )
    assert changes == [
        ("post_day", date(2026, 11, 1), 30, 33, day(3), day(4), "late"),
        ("post_lifetime", date(2026, 11, 5), BIG, BIG - 7, day(3), day(5), "fell"),
        ("post_lifetime", date(2026, 11, 6), BIG - 7, 12, day(5), day(6), "fell"),
        ("account_day", date(2026, 11, 1), 9, 8, day(4), day(20), "corrected"),
        ("post_day", date(2026, 11, 1), 33, 31, day(4), day(20), "corrected"),
        ("post_lifetime", date(2026, 11, 21), 90, None, day(20), day(21), "deleted"),
    ]


def test_a_deleted_post_keeps_its_history_and_says_since_when(told: Warehouse) -> None:
    deleted = told.rows(
        "select external_id, deleted_at, views from marts.posts where workspace_id = %s order by 1", told.workspace_id
    )
    assert deleted == [("gone", None, 40), ("t1", None, 12), ("y1", day(21), 90)]
    (kept,) = told.one(
        "select count(*) from marts.post_lifetime where workspace_id = %s and external_id = 'y1'", told.workspace_id
    )
    assert kept == 2


def test_every_unknown_figure_says_why(told: Warehouse) -> None:
    statuses = dict(
        told.rows("select external_id, why_unknown from marts.posts where workspace_id = %s", told.workspace_id)
    )
    assert statuses["y1"] == dict.fromkeys(("impressions", "reach", "reactions", "saves", "clicks"), "unsupported") | {
        "shares": "unsupported"
    }
    assert statuses["t1"] == dict.fromkeys(("impressions", "reach", "reactions", "saves", "clicks"), "unsupported")
    for metric in ("views", "likes", "shares", "saves"):
        query = "select from marts.posts where (why_unknown ? %s) is distinct from (to_jsonb(posts) -> %s = 'null')"
        assert not told.rows(query, metric, metric)


def test_an_account_that_is_renamed_is_renamed_on_all_its_posts(told: Warehouse) -> None:
    assert told.rows("select distinct account_name from marts.posts where workspace_id = %s", told.workspace_id) == [
        ("Nordlys Kaffe",)
    ]


@pytest.fixture(scope="module")
def laws(dbt: Dbt, told: Warehouse) -> dict[str, str]:
    """The questions that `dbt test` asks of everything that was modelled, as SQL that returns breaches."""
    names = ("nothing_is_overwritten", "figures_have_two_times")
    done = dbt.call("compile", "--select", *names)
    assert done.returncode == 0, done.stdout
    folder = dbt.target / "compiled" / "clientnest" / "tests"
    return {name: (folder / f"{name}.sql").read_text() for name in names}


def breaches(ours: Warehouse, law: str, breach: LiteralString) -> set[str]:
    """What the law finds after somebody did this, which is taken back."""
    with psycopg.connect(ours.url) as connection:
        connection.execute(breach)
        found = {row[0] for row in connection.execute(law.encode())}
        connection.rollback()
    return found


@pytest.mark.parametrize(
    ("breach", "told_as"),
    [
        ("select", set()),
        ("delete from marts.post_lifetime where external_id = 't1' and views = 100", {"overwritten"}),
        ("update marts.post_lifetime set observed_at = '2026-11-04' where views = 150", {"overwritten", "made up"}),
        ("insert into marts.post_lifetime select * from marts.post_lifetime where views = 150", {"told twice"}),
        ("delete from raw.tiktok_post_metrics where views = 150", {"made up"}),
        ("update raw.tiktok_post_metrics set observed_at = '2026-11-04' where views = 150", {"overwritten", "made up"}),
    ],
)
def test_a_figure_that_is_written_over_is_found(
    laws: dict[str, str], told: Warehouse, breach: LiteralString, told_as: set[str]
) -> None:
    assert breaches(told, laws["nothing_is_overwritten"], breach) == told_as


@pytest.mark.parametrize(
    ("breach", "told_as"),
    [
        ("select", set()),
        ("update marts.post_lifetime set observed_at = as_of_date::timestamp at time zone 'UTC'", {"post_lifetime"}),
        ("update marts.account_metrics_daily set observed_at = as_of_date", {"account_metrics_daily"}),
        ("update raw.tiktok_post_metrics set loaded_at = observed_at", {"stg_tiktok__post_metrics"}),
    ],
)
def test_one_time_that_stands_for_both_is_found(
    laws: dict[str, str], told: Warehouse, breach: LiteralString, told_as: set[str]
) -> None:
    assert breaches(told, laws["figures_have_two_times"], breach) == told_as
