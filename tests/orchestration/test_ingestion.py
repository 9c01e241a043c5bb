"""Ranges of days from a network that answers over HTTP, run by Dagster in this process."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest

from orchestration.defs.ingestion import assets
from orchestration.defs.ingestion.factory import asset_key
from orchestration.defs.schedules import days_tags
from orchestration.record import record
from platforms import PLATFORMS
from tests.orchestration.conftest import Warehouse
from tests.sandbox.stage import Stage

TABLES = [resource.table for resource in PLATFORMS["tiktok"].resources]
TIKTOK = [asset for asset in assets if "tiktok" in asset.group_names_by_key.values()]
TODAY = datetime.now(UTC).date()


def days(first: int, last: int) -> list[str]:
    """Days ago, both included."""
    return [str(TODAY - timedelta(days=ago)) for ago in range(first, last - 1, -1)]


def load(
    instance: dg.DagsterInstance, span: Sequence[str], of: Sequence[dg.AssetsDefinition] = TIKTOK
) -> dg.ExecuteInProcessResult:
    return dg.materialize(of, instance=instance, tags=days_tags(span[0], span[-1]), raise_on_error=False)


def written(result: dg.ExecuteInProcessResult) -> dict[str, object]:
    """Rows that each asset added to `raw`."""
    return {
        event.asset_key.path[-1]: event.materialization.metadata["written"].value
        for event in result.get_asset_materialization_events()
        if event.asset_key is not None
    }


def checks(result: dg.ExecuteInProcessResult) -> dict[tuple[str, str], dg.AssetCheckEvaluation]:
    return {(check.asset_key.path[-1], check.check_name): check for check in result.get_asset_check_evaluations()}


@pytest.fixture(autouse=True)
def nobody_else(warehouse: Warehouse, outside: Stage) -> None:
    """A run reads every connected account, so each test connects its own."""
    warehouse.disconnect_all()


def connect(warehouse: Warehouse, outside: Stage, place: int = 0) -> object:
    account = outside.networks["tiktok"]["accounts"][place]
    return warehouse.connect(account["external_id"], account["access_token"])


def test_a_range_of_days_lands_in_raw_and_the_same_range_again_writes_nothing(
    warehouse: Warehouse, outside: Stage, instance: dg.DagsterInstance
) -> None:
    account = connect(warehouse, outside)
    span = days(20, 0)

    first = load(instance, span)
    assert first.success
    for table in TABLES:
        assert instance.get_materialized_partitions(asset_key("tiktok", table)) == set(span)
    assert {name: check.passed for name, check in checks(first).items()} == {
        (f"tiktok_{table}", name): True for table in TABLES for name in ("contract", "volume")
    }
    published = {
        post["external_id"]
        for post in outside.ledger("tiktok").values()
        if post["account"] == outside.account("tiktok")
        and datetime.fromisoformat(post["created_at"]).date() >= date.fromisoformat(span[0])
    }
    rows = warehouse.rows("select external_id from raw.tiktok_posts where account_id = %s", account)
    assert published
    assert published <= {external_id for (external_id,) in rows}
    assert written(first)["tiktok_posts"] == len(rows)
    kept = warehouse.rows("select external_id, count(*) from raw.tiktok_posts group by 1 order by 1")

    again = load(instance, span)
    assert again.success
    # Figures move with the world's clock: what cannot have changed are the posts.
    assert written(again)["tiktok_posts"] == 0
    assert warehouse.rows("select external_id, count(*) from raw.tiktok_posts group by 1 order by 1") == kept


def test_a_backfill_fills_just_its_days(warehouse: Warehouse, outside: Stage, instance: dg.DagsterInstance) -> None:
    account = connect(warehouse, outside, 1)
    posts = [asset for asset in TIKTOK if asset.key == asset_key("tiktok", "posts")]
    load(instance, days(3, 0), posts)
    load(instance, days(40, 30), posts)
    assert instance.get_materialized_partitions(asset_key("tiktok", "posts")) == {*days(40, 30), *days(3, 0)}
    asked = warehouse.rows(
        "select window_start::date::text, (window_end - interval '1 day')::date::text from app.loads"
        " where account_id = %s and resource = 'posts' order by created_at",
        account,
    )
    assert asked == [tuple(days(3, 0)[::3]), tuple(days(40, 30)[::10])]


def test_a_broken_account_is_a_warning_and_the_others_load(
    warehouse: Warehouse, outside: Stage, instance: dg.DagsterInstance
) -> None:
    whole = connect(warehouse, outside)
    broken = warehouse.connect(outside.account("tiktok", 1), "revoked")
    result = load(instance, days(3, 0))

    assert result.success
    volume = checks(result)["tiktok_accounts", "volume"]
    assert not volume.passed
    assert volume.severity == dg.AssetCheckSeverity.WARN
    assert volume.metadata["silent_accounts"].value == [str(broken)]
    assert checks(result)["tiktok_accounts", "contract"].passed
    loaded = warehouse.rows(
        "select distinct account_id, status from app.loads where account_id = any(%s)", [whole, broken]
    )
    assert set(loaded) == {(whole, "done"), (broken, "failed")}


def test_a_network_that_nobody_can_read_fails_at_once_and_says_why(
    warehouse: Warehouse, outside: Stage, instance: dg.DagsterInstance
) -> None:
    warehouse.connect(outside.account("tiktok"), "revoked")
    result = load(instance, days(0, 0), TIKTOK[:1])

    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "No account of TikTok could be read" in str(failure.step_failure_data.error)
    assert not [event for event in result.all_events if event.is_step_up_for_retry]
    assert instance.get_materialized_partitions(TIKTOK[0].key) == set()


def test_days_loaded_without_dagster_are_recorded_once(
    warehouse: Warehouse, outside: Stage, instance: dg.DagsterInstance
) -> None:
    connect(warehouse, outside)
    with dg.DagsterInstance.ephemeral() as forgotten:
        assert load(forgotten, days(6, 0)).success
    (loaded,) = warehouse.rows(
        "select count(*)::int from (select distinct resource, day from app.loads,"
        " generate_series(window_start, window_end - interval '1 day', interval '1 day') day where status = 'done') _"
    )
    assert record(instance) == loaded[0]
    assert instance.get_materialized_partitions(asset_key("tiktok", "posts")) >= set(days(6, 0))
    assert record(instance) == 0
