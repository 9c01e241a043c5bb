"""The graph as Dagster sees it: a change of it is a visible diff.

Renew the picture with `.venv/bin/python -m tests.orchestration.test_graph`, and read the diff.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg

from ingestion.load import sources
from orchestration.defs.ingestion.factory import asset_key
from orchestration.defs.schedules import hourly_refresh
from platforms import PLATFORMS
from tests.orchestration.conftest import Warehouse

SNAPSHOT = Path(__file__).with_name("asset_graph.json")


def graph(definitions: dg.Definitions) -> dict[str, Any]:
    """Every asset by key: what it stands on, its group, its days, its checks; and what runs by itself."""
    assets = {}
    nodes = definitions.resolve_asset_graph()
    for key in sorted(nodes.get_all_asset_keys()):
        node = nodes.get(key)
        assets[key.to_user_string()] = {
            "group": node.group_name if node.is_executable else None,
            "deps": sorted(parent.to_user_string() for parent in node.parent_keys),
            "days": str(node.partitions_def) if node.partitions_def else None,
            "checks": sorted(check.name for check in node.check_keys if check.name in _OURS),
        }
    repository = definitions.get_repository_def()
    return {
        "assets": assets,
        "schedules": {schedule.name: schedule.cron_schedule for schedule in repository.schedule_defs},
        "sensors": sorted(sensor.name for sensor in repository.sensor_defs),
    }


# dbt's tests are checks too, and written down beside the models.
_OURS = ("contract", "volume", "freshness")


def written(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


def test_definitions_hold_together(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_the_graph_is_the_one_that_was_looked_at(definitions: dg.Definitions) -> None:
    assert written(graph(definitions)) == SNAPSHOT.read_text(), __doc__


def test_every_source_of_every_network_is_an_asset(definitions: dg.Definitions) -> None:
    nodes = definitions.resolve_asset_graph()
    for sheet in PLATFORMS.values():
        for source in sources(sheet):
            node = nodes.get(asset_key(sheet.name, source.table))
            assert node.is_executable
            assert {check.name for check in node.check_keys} >= {"contract", "volume"}


def test_figures_that_every_network_has_are_read_by_a_model(definitions: dg.Definitions) -> None:
    """Other sources are kept as received until a model needs them."""
    nodes = definitions.resolve_asset_graph()
    for sheet in PLATFORMS.values():
        for name in ("accounts", "posts", "post_metrics"):
            keys = [asset_key(sheet.name, r.table) for r in sheet.resources if r.name == name]
            assert any(child.path[0] == "staging" for key in keys for child in nodes.get(key).child_keys), (sheet, name)


def test_a_model_reads_nothing_that_nobody_makes(definitions: dg.Definitions) -> None:
    """What no asset makes is made by services: operational tables, files that people brought."""
    nodes = definitions.resolve_asset_graph()
    foreign = {key.to_user_string() for key in nodes.get_all_asset_keys() if not nodes.get(key).is_executable}
    kept = ("app/", "raw/file_", "raw/touched", "raw/absences")
    assert {name for name in foreign if not name.startswith(kept)} == set()


def test_a_refresh_of_the_last_days_is_a_run_of_its_job(
    definitions: dg.Definitions, warehouse: Warehouse, instance: dg.DagsterInstance
) -> None:
    request = hourly_refresh(dg.build_schedule_context(scheduled_execution_time=datetime.now(UTC)))
    assert isinstance(request, dg.RunRequest)
    posts = asset_key("tiktok", "posts")
    done = definitions.resolve_job_def("refresh").execute_in_process(
        instance=instance, tags=dict(request.tags), asset_selection=[posts]
    )
    assert done.success
    today = datetime.now(UTC).date()
    assert instance.get_materialized_partitions(posts) == {str(today - timedelta(days=ago)) for ago in range(4)}


if __name__ == "__main__":
    from orchestration.definitions import defs

    SNAPSHOT.write_text(written(graph(defs)))
