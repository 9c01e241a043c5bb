"""Costs, parked metrics and token dates of one account; row-level security keeps workspaces apart."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Account, AccountToken, ParkedMetric, Subscription


async def account(session: AsyncSession, account_id: UUID) -> Account | None:
    return await session.get(Account, account_id)


async def token(session: AsyncSession, account_id: UUID) -> AccountToken | None:
    """Its dates and scopes; the secrets stay sealed."""
    return await session.get(AccountToken, account_id)


async def subscription(session: AsyncSession, account_id: UUID) -> Subscription | None:
    """How the network was asked to call us about it."""
    return await session.get(Subscription, account_id)


async def cost_since(session: AsyncSession, account_id: UUID, since: datetime) -> dict[str, Decimal]:
    """What loads cost since a moment, by unit; empty where nothing is billed."""
    query = text(
        """
        select unit, sum(amount::numeric) as sum from app.loads, jsonb_each_text(cost) as billed (unit, amount)
        where account_id = :account_id and created_at >= :since group by unit order by unit
        """
    )
    rows = await session.execute(query, {"account_id": account_id, "since": since})
    return {str(row.unit): Decimal(row.sum) for row in rows}


async def parked(session: AsyncSession, account_id: UUID) -> list[ParkedMetric]:
    """Metrics that are left out just now."""
    query = select(ParkedMetric).where(ParkedMetric.account_id == account_id)
    return list((await session.execute(query.order_by(ParkedMetric.resource, ParkedMetric.metric))).scalars())
