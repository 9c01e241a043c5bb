"""Running a query over the marts."""

from typing import Any

from psycopg import errors as postgres
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import NotReady
from clientnest.marts.moment import asked, schema

Row = dict[str, Any]

NOT_YET = "Figures are not there yet: they appear after the first ingestion is modelled."
NO_PAST = "The past cannot be asked about yet: it can once the figures are modelled again."


async def read(session: AsyncSession, sql: str, **parameters: Any) -> list[Row]:
    """All rows. A query names tables as `marts.x`; where the session asks about the past, it reads `known.x`.

    Raises NotReady while the marts are not there.
    """
    try:
        result = await session.execute(text(sql.replace("marts.", f"{schema(session)}.")), parameters)
    except ProgrammingError as error:
        if isinstance(error.orig, postgres.UndefinedTable):
            raise NotReady(NO_PAST if asked(session).is_past else NOT_YET) from error
        raise
    return [dict(row) for row in result.mappings()]


async def modelled(session: AsyncSession) -> bool:
    """Whether the marts are there, for pages that have something to show without them."""
    (found,) = await read(session, "select to_regclass('marts.posts') is not null as there")
    return bool(found["there"])
