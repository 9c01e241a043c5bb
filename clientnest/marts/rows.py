"""Running a query over the marts."""

from typing import Any

from psycopg import errors as postgres
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import NotReady

Row = dict[str, Any]


async def read(session: AsyncSession, sql: str, **parameters: Any) -> list[Row]:
    """All rows. Raises NotReady while the marts are not there."""
    try:
        result = await session.execute(text(sql), parameters)
    except ProgrammingError as error:
        if isinstance(error.orig, postgres.UndefinedTable):
            raise NotReady("Figures are not there yet: they appear after the first ingestion is modelled.") from error
        raise
    return [dict(row) for row in result.mappings()]


async def modelled(session: AsyncSession) -> bool:
    """Whether the marts are there, for pages that have something to show without them."""
    found = await session.execute(text("select to_regclass('marts.posts') is not null"))
    return bool(found.scalar_one())
