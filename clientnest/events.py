"""The outbox: say what happened in the transaction in which it happened; who listens is told after the commit."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Event

CHANNEL = "nest_events"


async def record(session: AsyncSession, workspace_id: UUID, type_: str, **payload: Any) -> None:
    """Types are dotted nouns and past participles: `publication.published`, `account.connected`."""
    await record_all(session, [Event(workspace_id=workspace_id, type=type_, payload=payload)])


async def record_all(session: AsyncSession, happened: Sequence[Event]) -> None:
    """As `record`, of many."""
    session.add_all(happened)
    types = sorted({event.type for event in happened})
    await session.execute(
        text(f"select pg_notify('{CHANNEL}', type) from unnest(cast(:types as text[])) as type"), {"types": types}
    )
