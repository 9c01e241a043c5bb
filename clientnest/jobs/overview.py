"""Queues as people see them: how much is in them, which stand still; jobs tried again or called off.

What a session sees decides what is counted: a workspace its own, the system all.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import Conflict, NotFound
from clientnest.jobs.kinds import QUEUES
from clientnest.jobs.queue import CHANNEL
from clientnest.models import Job, QueuePause

_FAILURES = "('rate_limited', 'unavailable', 'reconnect_needed', 'rejected', 'unknown', 'crashed')"
_FIGURES = text(f"""
    with jobs as (
        select queue,
            count(*) filter (where state = 'waiting' and run_at <= now()) as waiting,
            count(*) filter (where state = 'waiting' and run_at > now()) as planned,
            min(run_at) filter (where state = 'waiting' and run_at <= now()) as oldest,
            count(*) filter (where state = 'running') as running,
            count(*) filter (where state = 'done' and ended_at > now() - interval '1 hour') as done,
            count(*) filter (where failed_at > now() - interval '1 hour') as failed,
            count(*) filter (where state = 'parked') as parked
        from app.jobs
        where state in ('waiting', 'running', 'parked') or ended_at > now() - interval '1 hour'
        group by queue
        union all
        select 'content_publishing',
            count(*) filter (where status in ('scheduled', 'publishing') and due_at <= now() and not is_held),
            count(*) filter (where status in ('scheduled', 'publishing') and due_at > now() and not is_held),
            min(due_at) filter (where status in ('scheduled', 'publishing') and due_at <= now() and not is_held),
            count(*) filter (where status = 'publishing' and is_held),
            count(*) filter (where status = 'published' and published_at > now() - interval '1 hour'),
            (
                select count(distinct publication_id) from app.attempts
                where finished_at > now() - interval '1 hour' and outcome in {_FAILURES}
            ),
            count(*) filter (where status = 'needs_person')
        from (
            select status, due_at, published_at, coalesce(leased_until > now(), false) as is_held from app.publications
        ) as publications
    )
    select named.queue as name, coalesce(waiting, 0) as waiting, coalesce(planned, 0) as planned,
        extract(epoch from now() - oldest)::double precision as oldest_seconds, coalesce(running, 0) as running,
        (coalesce(done, 0) / 60.0)::double precision as done_per_minute,
        (coalesce(failed, 0) / 60.0)::double precision as failed_per_minute, coalesce(parked, 0) as parked,
        pause.paused_at, coalesce(pause.for_everybody, false) as paused_for_everybody
    from unnest(cast(:queues as text[])) with ordinality as named (queue, place)
    left join jobs on jobs.queue = named.queue
    left join (
        select queue, min(paused_at) as paused_at, bool_or(workspace_id is null) as for_everybody
        from app.queue_pauses where workspace_id is null or cast(:workspace as uuid) = workspace_id group by queue
    ) as pause on pause.queue = named.queue
    order by place
""")
_AGAIN = text("""
    update app.jobs set state = 'waiting', run_at = now(), excused = attempt, crashes = 0, ended_at = null
    where id = :id and state in ('parked', 'cancelled') returning id
""")
_CANCEL = text("""
    update app.jobs set state = 'cancelled', ended_at = now(), leased_until = null
    where id = :id and state in ('waiting', 'running', 'parked') returning id
""")
_WAKE = text(f"select pg_notify('{CHANNEL}', '')")


async def figures(session: AsyncSession, workspace_id: UUID | None = None) -> list[dict[str, Any]]:
    """Each queue, in the order of `QUEUES`; ages in seconds, None where nothing waits.

    `paused_at` is about this workspace, and about all of them where none is given. Rates are of the last hour; a job
    that failed several times in it counts once.
    """
    rows = await session.execute(_FIGURES, {"queues": list(QUEUES), "workspace": workspace_id})
    return [dict(row) for row in rows.mappings()]


async def listed(session: AsyncSession, queue: str, state: str | None, before: int | None, limit: int) -> Sequence[Job]:
    """The newest first, those before an id. Raises NotFound for a queue that there is not."""
    _known(queue)
    query = select(Job).where(Job.queue == queue).order_by(Job.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Job.state == state)
    if before is not None:
        query = query.where(Job.id < before)
    return (await session.execute(query)).scalars().all()


async def pause(session: AsyncSession, queue: str, *, workspace_id: UUID | None, by: UUID | None) -> bool:
    """Nothing more is taken from it, what is begun goes on; for all workspaces where none is given.

    Whether that is new. Raises NotFound.
    """
    _known(queue)
    row = insert(QueuePause).values(queue=queue, workspace_id=workspace_id, paused_by=by)
    kept = row.on_conflict_do_nothing(index_elements=["queue", "workspace_id"]).returning(QueuePause.id)
    return (await session.execute(kept)).scalar_one_or_none() is not None


async def resume(session: AsyncSession, queue: str, *, workspace_id: UUID | None) -> bool:
    """Whether it stood still, for this workspace, or for all where none is given. Raises NotFound."""
    _known(queue)
    whose = QueuePause.workspace_id.is_not_distinct_from(workspace_id)
    ended = await session.execute(delete(QueuePause).where(QueuePause.queue == queue, whose).returning(QueuePause.id))
    await session.execute(_WAKE)
    return ended.scalar_one_or_none() is not None


async def retry(session: AsyncSession, job_id: int) -> Job:
    """Begin a parked or cancelled job anew, with all its attempts. Raises NotFound, Conflict."""
    try:
        async with session.begin_nested():
            found = (await session.execute(_AGAIN, {"id": job_id})).scalar_one_or_none()
    except IntegrityError as error:
        raise Conflict("The same work is in the queue already.") from error
    job = await _read(session, job_id)
    if found is None:
        raise Conflict(f"Only a job that is parked or cancelled is begun anew: this one is {job.state}.")
    await session.execute(_WAKE)
    return job


async def cancel(session: AsyncSession, job_id: int) -> Job:
    """Call a job off. One that is running is let go within seconds; what it did until then stays.

    Raises NotFound, Conflict.
    """
    found = (await session.execute(_CANCEL, {"id": job_id})).scalar_one_or_none()
    job = await _read(session, job_id)
    if found is None:
        raise Conflict(f"This job is {job.state} already.")
    return job


async def _read(session: AsyncSession, job_id: int) -> Job:
    job = await session.get(Job, job_id, populate_existing=True)
    if job is None:
        raise NotFound("There is no such job in this workspace.")
    return job


def _known(queue: str) -> None:
    if queue not in QUEUES:
        raise NotFound(f"There is no queue {queue}: take one of {', '.join(QUEUES)}.")
