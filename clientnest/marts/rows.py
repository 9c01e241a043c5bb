"""Running a query over the marts."""

import re
from typing import Any

from psycopg import errors as postgres
from sqlalchemy import Result, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.errors import NotReady
from clientnest.marts.moment import asked, held, place

Row = dict[str, Any]

_MART = re.compile(r"\bmarts\.(\w+)")

NOT_YET = "Figures are not there yet: they appear after the first ingestion is modelled."
NO_PAST = "The past cannot be asked about yet: it can once the figures are modelled again."


async def read(session: AsyncSession, sql: str, **parameters: Any) -> list[Row]:
    """All rows. A query names tables as `marts.x`; where the session asks about the past, it reads `known.x`.

    Raises NotReady while the marts are not there.
    """
    result = await _execute(session, sql, parameters)
    return [dict(row) for row in result.mappings()]


async def hold(session: AsyncSession, *names: str) -> None:
    """Works these marts of the past out, once, for a transaction that reads each of them often; those of today are
    tables already. Raises NotReady as `read` does."""
    if asked(session).is_past:
        for name in names:
            await _execute(session, f"create temp table {held(name)} on commit drop as select * from marts.{name}", {})
        session.info["nest.held"] = names


async def modelled(session: AsyncSession) -> bool:
    """Whether the marts are there, for pages that have something to show without them."""
    (found,) = await read(session, "select to_regclass('marts.posts') is not null as there")
    return bool(found["there"])


async def _execute(session: AsyncSession, sql: str, parameters: dict[str, Any]) -> Result[Any]:
    try:
        return await session.execute(text(_MART.sub(lambda found: place(session, found[1]), sql)), parameters)
    except ProgrammingError as error:
        if isinstance(error.orig, postgres.UndefinedTable):
            raise NotReady(NO_PAST if asked(session).is_past else NOT_YET) from error
        raise
