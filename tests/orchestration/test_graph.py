"""The graph as Dagster sees it: a change of it is a visible diff.

Renew the picture with `.venv/bin/python -m tests.orchestration.test_graph`, and read the diff.
"""

import json
from pathlib import Path
from typing import Any

import dagster as dg

from platforms import PLATFORMS

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
    return {
        "assets": assets,
        "schedules": {schedule.name: schedule.cron_schedule for schedule in definitions.schedules or ()},
        "sensors": sorted(sensor.name for sensor in definitions.sensors or ()),
    }


# dbt's tests are checks too, and written down beside the models.
_OURS = ("contract", "volume", "freshness")


def written(found: dict[str, Any]) -> str:
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


def test_definitions_hold_together(definitions: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(definitions)


def test_the_graph_is_the_one_that_was_looked_at(definitions: dg.Definitions) -> None:
    assert written(graph(definitions)) == SNAPSHOT.read_text(), __doc__


def test_every_resource_of_every_network_is_an_asset_that_a_model_reads(definitions: dg.Definitions) -> None:
    nodes = definitions.resolve_asset_graph()
    for sheet in PLATFORMS.values():
        for resource in sheet.resources:
            node = nodes.get(dg.AssetKey(["raw", f"{sheet.name}_{resource.table}"]))
            assert node.is_executable
            assert any(child.path[0] == "staging" for child in node.child_keys), node.key
            assert {check.name for check in node.check_keys} >= {"contract", "volume"}


def test_a_model_reads_nothing_that_nobody_makes(definitions: dg.Definitions) -> None:
    """What no asset makes is made by services: operational tables, files that people brought."""
    nodes = definitions.resolve_asset_graph()
    foreign = {key.to_user_string() for key in nodes.get_all_asset_keys() if not nodes.get(key).is_executable}
    assert {name for name in foreign if not name.startswith(("app/", "raw/file_"))} == set()


if __name__ == "__main__":
    from orchestration.definitions import defs

    SNAPSHOT.write_text(written(graph(defs)))
