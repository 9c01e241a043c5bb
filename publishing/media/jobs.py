"""What is done to files after the answer was given."""

import asyncio
from uuid import UUID

from clientnest import jobs
from clientnest.database import system_unit_of_work
from clientnest.jobs import Job
from publishing.media import repository, store
from publishing.media.storage import storage

QUEUE = "file_processing"
FORGET = "media.forget"


@jobs.kind(FORGET, QUEUE)
async def forget(job: Job) -> None:
    """Removes the files of a medium that was deleted, but not of one that is back; copies go with the next sweep."""
    media_id = UUID(job.payload["media_id"])
    async with system_unit_of_work() as session:
        if job.workspace_id is None:
            raise jobs.Refused("A medium has a workspace.")
        await repository.hold(session, job.workspace_id)
        media = (await repository.named(session, [media_id])).get(media_id)
        if media is not None and media.deleted_at is not None:
            keys = [store.key(media), store.key(media, store.THUMBNAIL)]
            await asyncio.to_thread(storage().delete, keys)
