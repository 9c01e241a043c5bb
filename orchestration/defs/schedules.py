"""When things run by themselves."""

from datetime import timedelta

import dagster as dg

from clientnest.database import system_connection
from orchestration.defs.ingestion.factory import DAYS

# Networks correct the last days: each refresh asks for them again.
LOOK_BACK = timedelta(days=3)

_RANGE_START, _RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"

_reports = dg.AssetSelection.groups("reporting")
_figures = dg.AssetSelection.groups("staging", "intermediate", "marts", "scoring")
refresh_job = dg.define_asset_job("refresh", selection=dg.AssetSelection.all() - _reports)
figures_job = dg.define_asset_job("figures", selection=_figures)
weekly_job = dg.define_asset_job("weekly_report", selection=_reports)


def days_tags(first: str, last: str) -> dict[str, str]:
    """The tags that make one run of a range of days (`YYYY-MM-DD`, both included)."""
    return {_RANGE_START: first, _RANGE_END: last}


@dg.schedule(job=refresh_job, cron_schedule="7 * * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
def hourly_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The last days from every network, then the figures and the scores."""
    moment = context.scheduled_execution_time
    last = DAYS.get_partition_key_for_timestamp(moment.timestamp())
    first = DAYS.get_partition_key_for_timestamp((moment - LOOK_BACK).timestamp())
    return dg.RunRequest(tags=days_tags(first, last))


@dg.sensor(job=figures_job, minimum_interval_seconds=30, default_status=dg.DefaultSensorStatus.RUNNING)
def imported_files(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """A file that was imported shows in the figures soon after."""
    newest = "select max(imported_at)::text from app.file_imports"
    with system_connection() as connection:
        row = connection.execute(newest).fetchone()
    moment = row[0] if row else None
    if moment is None or moment == context.cursor:
        return dg.SkipReason("No file since the last time.")
    context.update_cursor(moment)
    return dg.RunRequest(run_key=f"imported {moment}")


weekly_schedule = dg.ScheduleDefinition(
    job=weekly_job, cron_schedule="0 6 * * 1", default_status=dg.DefaultScheduleStatus.RUNNING
)

defs = dg.Definitions(
    jobs=[refresh_job, figures_job, weekly_job],
    schedules=[hourly_refresh, weekly_schedule],
    sensors=[imported_files],
)
