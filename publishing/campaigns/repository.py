"""Campaigns in the database, and which posts are theirs; row-level security keeps workspaces apart."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Campaign, Post


async def add(session: AsyncSession, workspace_id: UUID, values: dict[str, Any]) -> Campaign | None:
    """None where there is one of that name."""
    query = (
        insert(Campaign)
        .values(id=uuid4(), workspace_id=workspace_id, **values)
        .on_conflict_do_nothing(index_elements=["workspace_id", "name"])
        .returning(Campaign)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def listed(session: AsyncSession) -> list[Campaign]:
    """Those without an end and those that end last first."""
    query = select(Campaign).order_by(Campaign.ends_on.desc().nulls_first(), Campaign.name)
    return list((await session.execute(query)).scalars())


async def find(session: AsyncSession, campaign_id: UUID) -> Campaign | None:
    """One of the workspace's."""
    return (await session.execute(select(Campaign).where(Campaign.id == campaign_id))).scalar_one_or_none()


async def named(session: AsyncSession, name: str) -> Campaign | None:
    """The one of that name."""
    return (await session.execute(select(Campaign).where(Campaign.name == name))).scalar_one_or_none()


async def change(session: AsyncSession, campaign_id: UUID, values: dict[str, Any]) -> Campaign | None:
    """None where there is none."""
    query = update(Campaign).where(Campaign.id == campaign_id).values(values).returning(Campaign)
    found = await session.execute(query, execution_options={"populate_existing": True})
    return found.scalar_one_or_none()


async def remove(session: AsyncSession, campaign_id: UUID) -> Campaign | None:
    """The one that was there; None where there was none."""
    query = delete(Campaign).where(Campaign.id == campaign_id).returning(Campaign)
    return (await session.execute(query)).scalar_one_or_none()


async def attach(session: AsyncSession, campaign_id: UUID, post_ids: Sequence[UUID]) -> set[UUID]:
    """The posts that are the campaign's now; one that this workspace has not is not among them."""
    query = update(Post).where(Post.id.in_(post_ids)).values(campaign_id=campaign_id).returning(Post.id)
    return set((await session.execute(query)).scalars())
