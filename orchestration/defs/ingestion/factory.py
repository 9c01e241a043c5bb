"""The one way a network's resource becomes an asset."""

from collections.abc import Sequence

import dagster as dg

from ingestion.load import LoadResult, ingest_workspaces
from platforms.platform import Platform, Resource, Window

DAYS = dg.DailyPartitionsDefinition(start_date="2024-01-01", end_offset=1)


def asset_key(platform: str, table: str) -> dg.AssetKey:
    """The key that dbt's sources have too: `raw/facebook_posts`."""
    return dg.AssetKey(["raw", f"{platform}_{table}"])


def ingestion_asset(sheet: Platform, resource: Resource) -> dg.AssetsDefinition:
    """The resource of every connected account of the network; a range of days is one run."""
    key = asset_key(sheet.name, resource.table)

    @dg.asset(
        key=key,
        deps=[asset_key(sheet.name, "posts")] if resource.needs_posts else [],
        group_name=sheet.name,
        description=f"{sheet.title}: {resource.table.replace('_', ' ')}, as received.",
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
        results = ingest_workspaces(sheet.name, [resource.table], Window(days.start, days.end))
        failed = [result for result in results if result.problem]
        for result in failed:
            context.log.warning(f"account {result.account_id}: {result.problem}")
        if failed and len(failed) == len(results):
            # Trying again helps against anything but a connection that only a person can renew.
            raise dg.Failure(
                f"No account of {sheet.title} could be read: {failed[0].problem}",
                allow_retries=not all(result.reconnect_needed for result in failed),
            )
        return dg.MaterializeResult(metadata=_metadata(results), check_results=_checks(key, results))

    return load


def _metadata(results: Sequence[LoadResult]) -> dict[str, int]:
    counted = ("pages", "records", "written", "unchanged", "quarantined")
    return {"accounts": len(results)} | {name: sum(getattr(result, name) for result in results) for name in counted}


def _checks(key: dg.AssetKey, results: Sequence[LoadResult]) -> list[dg.AssetCheckResult]:
    quarantined = sum(result.quarantined for result in results)
    silent = [str(result.account_id) for result in results if result.problem or not result.pages]
    return [
        dg.AssetCheckResult(
            check_name="contract",
            asset_key=key,
            passed=quarantined == 0,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"quarantined": quarantined},
        ),
        dg.AssetCheckResult(
            check_name="volume",
            asset_key=key,
            passed=not silent,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"silent_accounts": silent},
        ),
    ]
