"""What follows from what networks told: work that no network waits for."""

from uuid import UUID

from clientnest import events as outbox
from clientnest import jobs
from clientnest.database import system_unit_of_work
from clientnest.jobs import Job
from ingestion.events import repository

QUEUE = "webhook_processing"
ENDED = "events.permission_ended"


@jobs.kind(ENDED, QUEUE, priority=5)
async def end_permission(job: Job) -> None:
    """Marks the accounts whose permission an event ended, and says so; one that was connected again since stays.

    An account that is marked already is not marked again.
    """
    async with system_unit_of_work() as session:
        event = await repository.read(session, UUID(job.payload["event_id"]))
        if event is None:
            raise jobs.Refused("The event was forgotten before anybody looked at it.")
        for account in await repository.ended(session, event):
            account.status = "reconnect_needed"
            told = {"account_id": str(account.id)}
            await outbox.record(session, account.workspace_id, "account.reconnect_needed", **told)
