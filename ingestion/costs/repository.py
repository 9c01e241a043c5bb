"""Costs, and the campaigns that an export names; row-level security keeps workspaces apart."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Account, Campaign, Cost

_AT_ONCE = 1000
# What a newer export may say otherwise of the same row.
_TOLD = ("amount", "currency", "campaign_id", "note", "impressions", "clicks", "conversions")


async def add(session: AsyncSession, workspace_id: UUID, values: dict[str, Any]) -> Cost:
    """One cost."""
    query = insert(Cost).values(id=uuid4(), workspace_id=workspace_id, **values).returning(Cost)
    return (await session.execute(query)).scalar_one()


async def listed(
    session: AsyncSession,
    *,
    campaign_id: UUID | None,
    since: date | None,
    until: date | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Cost]:
    """The newest first, of one campaign and of days in this span where these are named."""
    query: Select[Any] = select(Cost).order_by(Cost.incurred_on.desc(), Cost.id.desc()).limit(limit)
    if campaign_id is not None:
        query = query.where(Cost.campaign_id == campaign_id)
    if since is not None:
        query = query.where(func.coalesce(Cost.until, Cost.incurred_on) >= since)
    if until is not None:
        query = query.where(Cost.incurred_on <= until)
    if after is not None:
        query = query.where(tuple_(Cost.incurred_on, Cost.id) < after)
    return list((await session.execute(query)).scalars())


async def find(session: AsyncSession, cost_id: UUID) -> Cost | None:
    """One of the workspace's."""
    return (await session.execute(select(Cost).where(Cost.id == cost_id))).scalar_one_or_none()


async def change(session: AsyncSession, cost_id: UUID, values: dict[str, Any]) -> Cost | None:
    """None where there is none."""
    query = update(Cost).where(Cost.id == cost_id).values(values).returning(Cost)
    found = await session.execute(query, execution_options={"populate_existing": True})
    return found.scalar_one_or_none()


async def remove(session: AsyncSession, cost_id: UUID) -> Cost | None:
    """The one that was there; None where there was none."""
    query = delete(Cost).where(Cost.id == cost_id).returning(Cost)
    return (await session.execute(query)).scalar_one_or_none()


async def has(session: AsyncSession, *, campaign_id: UUID | None = None, account_id: UUID | None = None) -> bool:
    """Whether the workspace has this campaign, or this account."""
    query = select(Campaign.id).where(Campaign.id == campaign_id) if campaign_id else None
    if account_id:
        query = select(Account.id).where(Account.id == account_id)
    return query is not None and (await session.execute(query)).scalar_one_or_none() is not None


async def campaigns(
    session: AsyncSession, workspace_id: UUID, names: Iterable[str]
) -> tuple[dict[str, UUID], list[str]]:
    """The ids of campaigns by name, and the names of those that had to be made."""
    wanted = sorted(set(names))
    values = [{"id": uuid4(), "workspace_id": workspace_id, "name": name} for name in wanted]
    if not values:
        return {}, []
    query = insert(Campaign).values(values).on_conflict_do_nothing(index_elements=["workspace_id", "name"])
    made = list((await session.execute(query.returning(Campaign.name))).scalars())
    found = await session.execute(select(Campaign.name, Campaign.id).where(Campaign.name.in_(wanted)))
    return {name: id_ for name, id_ in found}, sorted(made)


async def keep(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> tuple[int, int]:
    """Write rows of an export once each; how many are new, and how many say something else than before."""
    added = changed = 0
    for at in range(0, len(rows), _AT_ONCE):
        part = rows[at : at + _AT_ONCE]
        query = insert(Cost).values([{"id": uuid4(), **row} for row in part])
        told = query.excluded
        differs = or_(*(getattr(Cost, name).is_distinct_from(getattr(told, name)) for name in _TOLD))
        keys = [row["external_key"] for row in part]
        had = set((await session.execute(select(Cost.external_key).where(Cost.external_key.in_(keys)))).scalars())
        query = query.on_conflict_do_update(
            index_elements=["workspace_id", "external_key"],
            set_={name: getattr(told, name) for name in _TOLD},
            where=differs,
        )
        written = set((await session.execute(query.returning(Cost.external_key))).scalars())
        added, changed = added + len(written - had), changed + len(written & had)
    return added, changed
