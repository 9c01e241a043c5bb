"""Tells Dagster of days that were loaded without it.

A run writes two events for each asset and day, each on a connection of its own: minutes for half a year of six
networks. The first history is therefore read without Dagster, and what it loaded is recorded here afterwards, from
the ledger of loads, while everything already serves.
"""

from datetime import UTC, datetime, time, timedelta

import dagster as dg

from clientnest.database import system_connection
from orchestration.defs.ingestion.factory import DAYS, asset_key

# Added to a moment, it leads to the first day that begins then or later.
_ALL_BUT_A_DAY = timedelta(days=1) - timedelta.resolution

_LOADS = "select platform, resource, window_start, window_end from app.loads where status = 'done'"


def record(instance: dg.DagsterInstance) -> int:
    """One materialisation for each asset and day that Dagster lacks; answers how many."""
    recorded = 0
    for key, days in _loaded_days().items():
        for day in sorted(days - instance.get_materialized_partitions(key)):
            instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=day))
            recorded += 1
    return recorded


def _loaded_days() -> dict[dg.AssetKey, set[str]]:
    """The days (UTC) that lie wholly within a load's window and are partitions by now."""
    known = set(DAYS.get_partition_keys())
    found: dict[dg.AssetKey, set[str]] = {}
    with system_connection() as connection:
        for platform, resource, start, end in connection.execute(_LOADS):
            day = (start.astimezone(UTC) + _ALL_BUT_A_DAY).date()
            while datetime.combine(day + timedelta(days=1), time.min, UTC) <= end:
                found.setdefault(asset_key(platform, resource), set()).add(day.isoformat())
                day += timedelta(days=1)
    return {key: days & known for key, days in found.items()}
