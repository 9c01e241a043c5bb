"""Competitors in the database; row-level security keeps workspaces apart."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Competitor


async def add(session: AsyncSession, workspace_id: UUID, platform: str, handle: str) -> Competitor | None:
    """None where it is followed already."""
    query = (
        insert(Competitor)
        .values(id=uuid4(), workspace_id=workspace_id, platform=platform, handle=handle)
        .on_conflict_do_nothing()
        .returning(Competitor)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def listed(session: AsyncSession, platforms: Sequence[str]) -> list[Competitor]:
    """By network and handle; of all networks where none is named."""
    query = select(Competitor).order_by(Competitor.platform, Competitor.handle)
    if platforms:
        query = query.where(Competitor.platform.in_(platforms))
    return list((await session.execute(query)).scalars())


async def remove(session: AsyncSession, competitor_id: UUID) -> Competitor | None:
    """The one that was followed; None where there was none."""
    query = delete(Competitor).where(Competitor.id == competitor_id).returning(Competitor)
    return (await session.execute(query)).scalar_one_or_none()
