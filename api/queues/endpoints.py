"""/queues and /jobs: what is done later, of this workspace."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api import pagination
from api.access import InWorkspace, Session, guarded
from api.pagination import Cursor, Limit
from api.queues.schemas import JobOut, Jobs, QueueOut, Queues, State
from clientnest import events
from clientnest.jobs import overview

router = APIRouter(tags=["queues"])

Name = Annotated[str, Path(description="Such as file_processing.", max_length=100)]
JobId = Annotated[int, Path(ge=1, le=2**63 - 1, description="As in the list.")]


@router.get("/queues", summary="How much waits, runs and failed", **guarded("pipeline.read"))
async def queues(access: InWorkspace, session: Session) -> Queues:
    """The workspace's own work. What is published is the first of them."""
    return Queues(items=[QueueOut(**row) for row in await overview.figures(session, access.workspace_id)])


@router.get("/queues/{name}/jobs", summary="What is in a queue", **guarded("pipeline.read"))
async def jobs(
    name: Name,
    session: Session,
    state: Annotated[State | None, Query(description="Only those.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Jobs:
    """What ended well is forgotten after a week. What is published is among the publications, and in no list here."""
    before = None if cursor is None else _id(pagination.decode(cursor, 1)[0])
    rows = await overview.listed(session, name, state, before, limit + 1)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return Jobs(
        items=[JobOut.model_validate(job) for job in shown],
        next_cursor=pagination.encode(last.id) if last else None,
    )


@router.post("/queues/{name}/pause", summary="Hold up a queue", **guarded("queues.manage"))
async def pause(name: Name, access: InWorkspace, session: Session) -> QueueOut:
    """Nothing more of this workspace is taken from it until it is resumed; what is begun goes on. Nobody else's work
    waits."""
    if await overview.pause(session, name, workspace_id=access.workspace_id, by=access.person.id):
        await events.record(session, access.workspace_id, "queue.paused", queue=name, by=str(access.person.id))
    return await _queue(access, session, name)


@router.post("/queues/{name}/resume", summary="Go on with a queue", **guarded("queues.manage"))
async def resume(name: Name, access: InWorkspace, session: Session) -> QueueOut:
    """What the installation itself holds up stays so."""
    if await overview.resume(session, name, workspace_id=access.workspace_id):
        await events.record(session, access.workspace_id, "queue.resumed", queue=name, by=str(access.person.id))
    return await _queue(access, session, name)


@router.post("/jobs/{job_id}/retry", summary="Begin a job anew", **guarded("queues.manage"))
async def retry(job_id: JobId, session: Session) -> JobOut:
    """One that was parked or cancelled, with all its attempts before it."""
    return JobOut.model_validate(await overview.retry(session, job_id))


@router.post("/jobs/{job_id}/cancel", summary="Call a job off", **guarded("queues.manage"))
async def cancel(job_id: JobId, session: Session) -> JobOut:
    """One that runs is let go within seconds; what it did until then stays."""
    return JobOut.model_validate(await overview.cancel(session, job_id))


async def _queue(access: InWorkspace, session: Session, name: str) -> QueueOut:
    rows = await overview.figures(session, access.workspace_id)
    return next(QueueOut(**row) for row in rows if row["name"] == name)


def _id(told: object) -> int:
    if not isinstance(told, int) or isinstance(told, bool) or not 0 < told < 2**63:
        raise pagination.invalid()
    return told
