"""Exchange rates in the database: the same for every workspace, so only the system writes them."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.models import ExchangeRate

_AT_ONCE = 10_000


async def keep(session: AsyncSession, rates: Sequence[tuple[str, date, Decimal]], source: str) -> int:
    """How many are new or say something else than before."""
    written = 0
    for at in range(0, len(rates), _AT_ONCE):
        values = [
            {"currency": currency, "day": day, "per_euro": rate, "source": source}
            for currency, day, rate in rates[at : at + _AT_ONCE]
        ]
        query = insert(ExchangeRate).values(values)
        query = query.on_conflict_do_update(
            index_elements=["currency", "day"],
            set_={"per_euro": query.excluded.per_euro, "source": query.excluded.source},
            where=ExchangeRate.per_euro != query.excluded.per_euro,
        )
        written += len((await session.execute(query.returning(ExchangeRate.day))).all())
    return written
