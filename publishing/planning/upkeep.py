"""What planning does by itself: makes the next times of recurring posts."""

from dataclasses import dataclass
from uuid import UUID

import structlog

from clientnest.database import system_unit_of_work, unit_of_work
from publishing.planning import recurrences, repository

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Made:
    """How many posts were made, and of how many recurring posts none could be."""

    posts: int
    failed: int


async def make_all() -> Made:
    """In every workspace, each recurring post in a transaction of its own: none holds up another."""
    async with system_unit_of_work() as session:
        active = await repository.active_recurrences(session)
    posts, failed = 0, 0
    for workspace_id, recurrence_id in active:
        try:
            posts += await _make(workspace_id, recurrence_id)
        except Exception:
            _log.exception("planning.recurrence_broke", recurrence_id=str(recurrence_id))
            failed += 1
    return Made(posts, failed)


async def _make(workspace_id: UUID, recurrence_id: UUID) -> int:
    async with unit_of_work(workspace_id=workspace_id) as session:
        recurrence = await repository.held_recurrence(session, recurrence_id)
        return await recurrences.make(session, recurrence) if recurrence else 0
