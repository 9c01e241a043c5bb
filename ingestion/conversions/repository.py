"""Sources, visits and conversions in the database. `session` is the system's at a door, a member's with a file."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, case, delete, func, literal_column, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import Conversion, ConversionSource, Visit, VisitorKey

# Rows in one statement: PostgreSQL takes 65,535 parameters.
_AT_ONCE = 1000
_MERGED = ("occurred_at", "visitor", "click_id", "utm_source", "utm_medium", "utm_campaign", "utm_content", "order_id")


async def sources(session: AsyncSession) -> list[ConversionSource]:
    """The oldest first."""
    query = select(ConversionSource).order_by(ConversionSource.created_at, ConversionSource.id)
    return list((await session.execute(query)).scalars())


async def source(session: AsyncSession, source_id: UUID) -> ConversionSource | None:
    """One that the session may see."""
    query = select(ConversionSource).where(ConversionSource.id == source_id)
    return (await session.execute(query)).scalar_one_or_none()


async def received(session: AsyncSession, source_id: UUID, at: datetime) -> None:
    """Something came in by this source."""
    query = update(ConversionSource).where(ConversionSource.id == source_id)
    await session.execute(query.values(last_received_at=func.greatest(ConversionSource.last_received_at, at)))


async def visitor_key(session: AsyncSession, workspace_id: UUID, fresh: bytes) -> bytes:
    """The workspace's key, sealed: `fresh` becomes it where there is none yet."""
    values = {"workspace_id": workspace_id, "key": fresh}
    await session.execute(insert(VisitorKey).values(values).on_conflict_do_nothing())
    query = select(VisitorKey.key).where(VisitorKey.workspace_id == workspace_id)
    return (await session.execute(query)).scalar_one()


async def add_visits(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Write what is new; its event ids."""
    added: set[str] = set()
    for at in range(0, len(rows), _AT_ONCE):
        values = [{"id": uuid4(), **row} for row in rows[at : at + _AT_ONCE]]
        query = insert(Visit).values(values).on_conflict_do_nothing().returning(Visit.event_id)
        added.update((await session.execute(query)).scalars())
    return added


async def add_conversions(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> set[str]:
    """Write what is new; its event ids."""
    added: set[str] = set()
    for at in range(0, len(rows), _AT_ONCE):
        values = [{"id": uuid4(), **row} for row in rows[at : at + _AT_ONCE]]
        query = insert(Conversion).values(values).on_conflict_do_nothing().returning(Conversion.event_id)
        added.update((await session.execute(query)).scalars())
    return added


async def visits(session: AsyncSession, workspace_id: UUID, event_ids: Sequence[str]) -> dict[str, Visit]:
    """As they were taken, by event id."""
    query = select(Visit).where(Visit.workspace_id == workspace_id)
    return {one.event_id: one for one in await _of_events(session, query, Visit.event_id, event_ids)}


async def conversions(session: AsyncSession, source_id: UUID, event_ids: Sequence[str]) -> dict[str, Conversion]:
    """As they were taken from the source, by event id."""
    query = select(Conversion).where(Conversion.source_id == source_id)
    return {one.event_id: one for one in await _of_events(session, query, Conversion.event_id, event_ids)}


async def _of_events(session: AsyncSession, query: Select[Any], column: Any, event_ids: Sequence[str]) -> list[Any]:
    found = []
    for at in range(0, len(event_ids), _AT_ONCE):
        found += (await session.execute(query.where(column.in_(event_ids[at : at + _AT_ONCE])))).scalars()
    return found


async def lock_payment(session: AsyncSession, source_id: UUID, payment: str) -> None:
    """What is told of one payment is taken one after the other."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{source_id} {payment}", 0))))


async def merge_sale(session: AsyncSession, row: dict[str, Any]) -> bool:
    """Whether the sale is new. One that is known takes the smaller of each two values, in whatever order they come."""
    query = insert(Conversion).values(id=uuid4(), **row)
    told = query.excluded
    is_smaller = tuple_(told.currency, told.amount) < tuple_(Conversion.currency, Conversion.amount)
    merged: dict[str, Any] = {name: func.least(getattr(Conversion, name), getattr(told, name)) for name in _MERGED}
    for name in ("amount", "currency"):
        merged[name] = case((is_smaller, getattr(told, name)), else_=getattr(Conversion, name))
    query = query.on_conflict_do_update(index_elements=["workspace_id", "source_id", "event_id"], set_=merged)
    return bool((await session.execute(query.returning(literal_column("xmax = 0")))).scalar_one())


async def taken_back(session: AsyncSession, source_id: UUID, payment: str, *, apart_from: str) -> Decimal:
    """The sum of a payment's refunds, as a positive amount, without the row of that name."""
    query = select(-func.sum(Conversion.amount)).where(
        Conversion.source_id == source_id,
        Conversion.order_id == payment,
        Conversion.kind == "refund",
        Conversion.event_id != apart_from,
    )
    return (await session.execute(query)).scalar_one() or Decimal(0)


async def put(session: AsyncSession, row: dict[str, Any]) -> None:
    """Write a conversion, or its amount and moment where it is there."""
    query = insert(Conversion).values(id=uuid4(), **row)
    changed = {name: row[name] for name in ("amount", "currency", "occurred_at")}
    key = ["workspace_id", "source_id", "event_id"]
    await session.execute(query.on_conflict_do_update(index_elements=key, set_=changed))


async def drop(session: AsyncSession, source_id: UUID, event_id: str) -> None:
    """Take a conversion away that others explain."""
    query = delete(Conversion).where(Conversion.source_id == source_id, Conversion.event_id == event_id)
    await session.execute(query)
