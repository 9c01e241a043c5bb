"""Sales and refunds of payment services, told by several events in any order: what is kept depends on none of it.

A sale's fields are merged. What a charge tells of its refunds together stands in one row that is as large as what the
single refunds leave unexplained, and goes when they explain it all.
"""

from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ingestion.conversions import repository
from ingestion.conversions.told import Refunded, Trail

Row = dict[str, Any]


async def keep_sale(session: AsyncSession, row: Row) -> bool:
    """Whether it is news."""
    return await repository.merge_sale(session, row)


async def keep_refund(session: AsyncSession, row: Row) -> bool:
    """Whether it is news. It explains a part of what is known to have gone back."""
    payment: str | None = row["order_id"]
    if payment is None:
        return bool(await repository.add_conversions(session, [row]))
    source_id, rest = row["source_id"], _rest_of(payment)
    await repository.lock_payment(session, source_id, payment)
    if not await repository.add_conversions(session, [row]):
        return False
    known = (await repository.conversions(session, source_id, [rest])).get(rest)
    if known is not None and known.amount is not None:
        left = min(Decimal(0), known.amount - row["amount"])
        await _leave(session, source_id, {**row, "event_id": rest, "amount": left, "occurred_at": known.occurred_at})
    return True


async def keep_total(session: AsyncSession, workspace_id: UUID, source_id: UUID, told: Refunded) -> bool:
    """Whether it is news that so much of a payment has gone back."""
    rest = _rest_of(told.payment)
    await repository.lock_payment(session, source_id, told.payment)
    explained = await repository.taken_back(session, source_id, told.payment, apart_from=rest)
    known = (await repository.conversions(session, source_id, [rest])).get(rest)
    before = -(known.amount or 0) if known else Decimal(0)
    left = max(before, told.total - explained)
    row = {
        "workspace_id": workspace_id,
        "source_id": source_id,
        "event_id": rest,
        "kind": "refund",
        "occurred_at": max(told.occurred_at, known.occurred_at) if known else told.occurred_at,
        "amount": -left,
        "currency": told.currency,
        "order_id": told.payment,
        **asdict(Trail()),
    }
    await _leave(session, source_id, row)
    return left > before


async def _leave(session: AsyncSession, source_id: UUID, row: Row) -> None:
    """Keep the row of what is unexplained, as long as there is something."""
    if row["amount"] < 0:
        await repository.put(session, row)
    else:
        await repository.drop(session, source_id, row["event_id"])


def _rest_of(payment: str) -> str:
    return f"refunded:{payment}"
