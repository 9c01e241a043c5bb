"""Putting jobs into their queues, within the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.jobs.kinds import KINDS

CHANNEL = "nest_jobs"
_INSERT = text("""
    insert into app.jobs (workspace_id, account_id, queue, kind, payload, key, priority, run_at)
    select workspace_id, account_id, queue, kind, payload, key, priority, coalesce(run_at, now())
    from jsonb_to_recordset(cast(:jobs as jsonb)) as told (
        workspace_id uuid, account_id uuid, queue text, kind text, payload jsonb, key text, priority int,
        run_at timestamptz
    )
    on conflict (queue, tenant, key) where key is not null and state in ('waiting', 'running') do nothing
    returning id
""")
_WAKE = text(f"select pg_notify('{CHANNEL}', '')")


def new(
    queue: str,
    kind: str,
    payload: Mapping[str, Any],
    *,
    workspace_id: UUID | None = None,
    account_id: UUID | None = None,
    key: str | None = None,
    run_at: datetime | None = None,
    priority: int | None = None,
) -> dict[str, Any]:
    """A job for `enqueue_all`, as `enqueue` says."""
    known = KINDS.get(kind)
    if known is None or known.queue != queue:
        raise ValueError(f"The queue {queue} knows no kind {kind}.")
    return {
        "workspace_id": None if workspace_id is None else str(workspace_id),
        "account_id": None if account_id is None else str(account_id),
        "queue": queue,
        "kind": kind,
        "payload": dict(payload),
        "key": key,
        "priority": known.priority if priority is None else priority,
        "run_at": None if run_at is None else run_at.isoformat(),
    }


async def enqueue(
    session: AsyncSession, queue: str, kind: str, payload: Mapping[str, Any], **options: Any
) -> int | None:
    """A job, there when the caller's transaction commits and not before; its id.

    `payload` is small and names things by their ids, never a secret: it can be listed. `workspace_id` says whose job it
    is and `account_id` whose turn it takes; `key` makes it the only one of its queue and workspace until it ends, and
    None is answered where there is such a one; before `run_at` it is not begun; the higher `priority` goes first.
    Raises ValueError for a kind that is not registered in the queue.
    """
    return next(iter(await enqueue_all(session, [new(queue, kind, payload, **options)])), None)


async def enqueue_all(session: AsyncSession, jobs: Sequence[Mapping[str, Any]]) -> list[int]:
    """As `enqueue`, of many in one statement; the ids of those that are new."""
    if not jobs:
        return []
    ids: list[int] = list((await session.execute(_INSERT, {"jobs": Jsonb(list(jobs))})).scalars())
    await session.execute(_WAKE)
    return ids
