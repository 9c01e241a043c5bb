"""The outbox: say what happened in the transaction in which it happened; who listens is told after the commit."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Event

CHANNEL = "nest_events"


async def record(session: AsyncSession, workspace_id: UUID, type_: str, **payload: Any) -> None:
    """Types are dotted nouns and past participles: `publication.published`, `account.connected`."""
    session.add(Event(workspace_id=workspace_id, type=type_, payload=payload))
    await session.execute(text(f"select pg_notify('{CHANNEL}', :type)"), {"type": type_})
