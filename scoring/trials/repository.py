"""The SQL of trials."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Trial


async def add(session: AsyncSession, trial: Trial) -> Trial:
    """Gives it its id and moment."""
    session.add(trial)
    await session.flush()
    return trial


async def newest(session: AsyncSession, *, limit: int) -> list[Trial]:
    """The newest first."""
    found = await session.scalars(select(Trial).order_by(Trial.created_at.desc(), Trial.id).limit(limit))
    return list(found)


async def trial(session: AsyncSession, trial_id: UUID) -> Trial | None:
    return await session.get(Trial, trial_id)
