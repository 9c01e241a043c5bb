"""The one way a network's resource becomes an asset."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from ingestion.load import LoadResult, Source, ingest_workspaces
from platforms.platform import Platform, Window

# The tag of a run that follows the plan of what is due, see `ingestion.plan`.
PLANNED = "clientnest/planned"
DAYS = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_offset=1)


def asset_key(platform: str, table: str) -> dg.AssetKey:
    """The key that dbt's sources have too: `raw/facebook_posts`."""
    return dg.AssetKey(["raw", f"{platform}_{table}"])


def ingestion_asset(sheet: Platform, source: Source) -> dg.AssetsDefinition:
    """The source of every connected account of the network; a range of days is one run.

    A run with the tag `PLANNED` asks only about posts that are due.
    """
    key = asset_key(sheet.name, source.table)

    @dg.asset(
        key=key,
        deps=[asset_key(sheet.name, "posts")] if source.about == "posts" else [],
        group_name=sheet.name,
        description=f"{sheet.title}: {source.table.replace('_', ' ')}, as received.",
        kinds={"duckdb", "postgres"},
        partitions_def=DAYS,
        backfill_policy=dg.BackfillPolicy.single_run(),
        retry_policy=dg.RetryPolicy(max_retries=2, delay=30, backoff=dg.Backoff.EXPONENTIAL),
        pool=sheet.name,
        check_specs=[
            dg.AssetCheckSpec("contract", asset=key, description="No record broke the declared contract."),
            dg.AssetCheckSpec("volume", asset=key, description="Every connected account answered with something."),
        ],
    )
    def load(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        days = context.partition_time_window
        planned = PLANNED in context.run.tags
        results = ingest_workspaces(sheet.name, [source.table], Window(days.start, days.end), planned=planned)
        for result in results:
            if result.problem:
                context.log.warning(f"account {result.account_id}: {result.problem}")
        failed = [result for result in results if result.status == "failed"]
        if failed and len(failed) == len(results):
            # Trying again helps neither against a connection that only a person can renew nor before a limit ends.
            raise dg.Failure(
                f"No account of {sheet.title} could be read: {failed[0].problem}",
                allow_retries=not all(result.reconnect_needed or result.retry_after for result in failed),
            )
        return dg.MaterializeResult(metadata=_metadata(results), check_results=_checks(key, results))

    return load


def _metadata(results: Sequence[LoadResult]) -> dict[str, Any]:
    counted = ("pages", "records", "written", "unchanged", "quarantined")
    units = sorted({unit for result in results for unit in result.cost})
    return (
        {"accounts": len(results)}
        | {name: sum(getattr(result, name) for result in results) for name in counted}
        | {f"cost_{unit}": float(sum(result.cost.get(unit, 0) for result in results)) for unit in units}
    )


def _checks(key: dg.AssetKey, results: Sequence[LoadResult]) -> list[dg.AssetCheckResult]:
    quarantined = sum(result.quarantined for result in results)
    parked = {f"{result.account_id} {metric}": why for result in results for metric, why in result.parked.items()}
    silent = [str(result.account_id) for result in results if result.silent]
    not_granted = {str(r.account_id): list(r.missing_scopes) for r in results if r.missing_scopes}
    return [
        dg.AssetCheckResult(
            check_name="contract",
            asset_key=key,
            passed=quarantined == 0 and not parked,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"quarantined": quarantined, "parked_metrics": parked},
        ),
        dg.AssetCheckResult(
            check_name="volume",
            asset_key=key,
            passed=not silent,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"silent_accounts": silent, "not_granted": not_granted},
        ),
    ]
