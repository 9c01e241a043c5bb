"""SQL on queue slots and on what takes them; row-level security keeps workspaces apart."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Account, Publication, QueueSlot, Workspace

# What has no moment, or has given it up.
_FREE = ("draft", "cancelled")


async def hold(session: AsyncSession, account_ids: Collection[UUID]) -> None:
    """Let nobody else queue on these accounts until the transaction ends."""
    for account_id in sorted(account_ids):
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"queue {account_id}", 0))))


async def account(session: AsyncSession, account_id: UUID) -> Account | None:
    return await session.get(Account, account_id)


async def zone(session: AsyncSession, workspace_id: UUID) -> str:
    """The IANA zone that the workspace plans in."""
    return (await session.get_one(Workspace, workspace_id)).timezone


async def slots(session: AsyncSession, account_id: UUID) -> Sequence[QueueSlot]:
    """In the order of the week."""
    query = select(QueueSlot).where(QueueSlot.account_id == account_id)
    ordered = query.order_by(QueueSlot.weekday, QueueSlot.local_time, QueueSlot.zone)
    return (await session.execute(ordered)).scalars().all()


async def replace(session: AsyncSession, account_id: UUID, anew: Collection[QueueSlot]) -> None:
    await session.execute(delete(QueueSlot).where(QueueSlot.account_id == account_id))
    session.add_all(anew)
    await session.flush()


async def taken(session: AsyncSession, account_id: UUID, since: datetime) -> set[datetime]:
    """The moments to come at which the account posts already."""
    query = select(Publication.scheduled_at).where(
        Publication.account_id == account_id, Publication.status.not_in(_FREE), Publication.scheduled_at >= since
    )
    return {at for at in (await session.execute(query)).scalars() if at is not None}
