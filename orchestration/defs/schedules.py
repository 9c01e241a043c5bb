"""When things run by themselves."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from clientnest.database import system_connection
from orchestration.defs import ingestion
from orchestration.defs.ingestion.factory import DAYS, PLANNED, asset_key
from platforms import PLATFORMS

# Networks correct the last days: each refresh asks for them again.
LOOK_BACK = timedelta(days=3)

_RANGE_START, _RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"

# What networks take away by themselves, such as stories.
VANISHING = [
    asset_key(sheet.name, resource.table)
    for sheet in PLATFORMS.values()
    for resource in sheet.resources
    if resource.vanishes_after
]

_reports = dg.AssetSelection.groups("reporting")
_figures = dg.AssetSelection.groups("staging", "intermediate", "marts", "scoring")
refresh_job = dg.define_asset_job("refresh", selection=dg.AssetSelection.all() - _reports)
vanishing_job = dg.define_asset_job("vanishing", selection=dg.AssetSelection.assets(*VANISHING))
figures_job = dg.define_asset_job("figures", selection=_figures)
weekly_job = dg.define_asset_job("weekly_report", selection=_reports)


def days_tags(first: str, last: str) -> dict[str, str]:
    """The tags that make one run of a range of days (`YYYY-MM-DD`, both included)."""
    return {_RANGE_START: first, _RANGE_END: last}


@dg.schedule(job=refresh_job, cron_schedule="7 * * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
def hourly_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """The last days from every network, and posts that are due by the plan; then the figures and the scores."""
    return dg.RunRequest(tags={**_last_days(context.scheduled_execution_time), PLANNED: "hourly"})


@dg.schedule(job=vanishing_job, cron_schedule="37 */3 * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
def vanishing_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """What is gone a day after it was published is read eight times before, whatever becomes of the refresh."""
    return dg.RunRequest(tags=_last_days(context.scheduled_execution_time), asset_selection=VANISHING)


def _last_days(moment: datetime) -> dict[str, str]:
    """The tags of the days that networks may still correct, up to a moment."""
    last = DAYS.get_partition_key_for_timestamp(moment.timestamp())
    first = DAYS.get_partition_key_for_timestamp((moment - LOOK_BACK).timestamp())
    return days_tags(first, last)


@dg.sensor(job=refresh_job, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def told_by_networks(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """What a network told by itself is read soon after: the posts, and of their figures what is due by the plan."""
    newest = """
        select max(e.received_at)::text, array_agg(distinct e.platform)
        from app.inbound_events e
        join app.accounts a on a.platform = e.platform and a.external_id = e.account_external_id
        where a.status = 'connected' and (e.signed_for is null or e.signed_for = a.workspace_id)
            and (%s::timestamptz is null or e.received_at > %s::timestamptz)
    """
    with system_connection() as connection:
        row = connection.execute(newest, [context.cursor, context.cursor]).fetchone()
    if row is None or row[0] is None:
        return dg.SkipReason("No network told of anything since the last time.")
    moment, platforms = row
    context.update_cursor(moment)
    assets = [key for asset in ingestion.assets for key in asset.keys if asset.group_names_by_key[key] in platforms]
    tags = {**_last_days(datetime.now(UTC)), PLANNED: "told"}
    return dg.RunRequest(run_key=f"told {moment}", tags=tags, asset_selection=assets)


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
    jobs=[refresh_job, vanishing_job, figures_job, weekly_job],
    schedules=[hourly_refresh, vanishing_refresh, weekly_schedule],
    sensors=[imported_files, told_by_networks],
)
