"""What keeps networks telling us, and forgets what they told long ago."""

from datetime import UTC, datetime

import dagster as dg

from clientnest.database import run
from ingestion import events
from publishing import links
from publishing.media import library
from publishing.planning import upkeep as planning
from publishing.publications import changes


@dg.op(
    description="Subscribes accounts that are due at their networks; forgets old events and unused files; puts what is "
    "planned by a wall clock where its zone has it today; makes the next times of recurring posts."
)
def keep_up(context: dg.OpExecutionContext) -> None:
    """What fails is kept with the account, and tried again some hours later."""
    kept = run(events.keep_up(datetime.now(UTC)))
    run(links.forget(datetime.now(UTC)))
    swept = run(library.sweep())
    moved = run(changes.resettle_all())
    made = run(planning.make_all())
    context.log.info(
        f"{kept.subscribed} subscribed, {kept.failed} failed, {kept.forgotten} events forgotten, {swept} files "
        f"removed, {moved} publications moved with their zone, {made.posts} recurring posts made"
    )
    if made.failed:
        raise dg.Failure(f"{made.failed} recurring posts could not be looked at: the log says why.")


@dg.job
def upkeep() -> None:
    """By itself every day, and as soon as an account is due."""
    keep_up()


@dg.schedule(job=upkeep, cron_schedule="23 3 * * *", default_status=dg.DefaultScheduleStatus.RUNNING)
def daily_upkeep(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Old events go, and subscriptions are renewed well before they end."""
    return dg.RunRequest()


@dg.sensor(job=upkeep, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def not_subscribed(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """An account that was just connected, or whose subscription is to be renewed, is not left waiting for the night."""
    since = run(events.due_since(datetime.now(UTC)))
    if since is None:
        return dg.SkipReason("Every account is subscribed as far as its network allows.")
    return dg.RunRequest(run_key=f"due {since.isoformat()}")


defs = dg.Definitions(jobs=[upkeep], schedules=[daily_upkeep], sensors=[not_subscribed])
