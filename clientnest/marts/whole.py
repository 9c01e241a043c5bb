"""Marts as a whole, for exports: which there are, and all rows of a workspace, a few thousand at a time."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.database import libpq_url
from clientnest.errors import NotReady
from clientnest.marts.moment import NOW, Moment
from clientnest.marts.rows import NO_PAST, NOT_YET, read

# Rows that are held at once.
BATCH = 5000
_COLUMNS = """
    select c.relname as mart, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where n.nspname = 'marts' and c.relkind in ('r', 'p', 'v') and has_table_privilege('nest_app', c.oid, 'select')
    order by c.relname, a.attnum
"""


@dataclass(frozen=True, slots=True)
class Column:
    """`type` as PostgreSQL writes it: bigint, numeric(18,4), text[], timestamp with time zone …"""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Mart:
    name: str
    columns: Sequence[Column]


async def all_marts(session: AsyncSession) -> list[Mart]:
    """Every mart that the models made, by name; none before the first modelling."""
    return _marts([(row["mart"], row["name"], row["type"]) for row in await read(session, _COLUMNS)])


class Whole:
    """One workspace's marts at one moment, all as they were when the reading began."""

    def __init__(self, connection: psycopg.Connection, schema: str) -> None:
        self._connection = connection
        self._schema = schema

    def marts(self) -> list[Mart]:
        return _marts(self._connection.execute(_COLUMNS).fetchall())

    def rows(self, mart: Mart) -> Iterator[Sequence[tuple[Any, ...]]]:
        """Batches of rows, in no order; jsonb and what Python has no type for come as text. Raises NotReady."""
        columns = sql.SQL(", ").join(_selected(column) for column in mart.columns)
        query = sql.SQL("select {} from {}").format(columns, sql.Identifier(self._schema, mart.name))
        with self._connection.cursor(f"all of {mart.name}", binary=True) as cursor:
            try:
                cursor.execute(query)
            except psycopg.errors.UndefinedTable as error:
                raise NotReady(NOT_YET if self._schema == "marts" else NO_PAST) from error
            while batch := cursor.fetchmany(BATCH):
                yield batch


@contextlib.contextmanager
def whole(workspace_id: UUID, moment: Moment = NOW) -> Iterator[Whole]:
    """A transaction that sees one workspace."""
    settings = {"nest.workspace_id": str(workspace_id), "TimeZone": "UTC", **moment.settings}
    with psycopg.connect(libpq_url("nest_app")) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for name, value in settings.items():
            connection.execute("select set_config(%s, %s, true)", [name, value])
        yield Whole(connection, "known" if moment.is_past else "marts")


def _marts(rows: Sequence[Sequence[str]]) -> list[Mart]:
    columns: dict[str, list[Column]] = {}
    for mart, name, kind in rows:
        columns.setdefault(mart, []).append(Column(name, kind))
    return [Mart(name, found) for name, found in columns.items()]


# What travels as itself; everything else as its text.
_AS_IT_IS = (
    "boolean", "smallint", "integer", "bigint", "real", "double precision", "date", "timestamp with time zone",
    "text", "text[]",
)  # fmt: skip
# Precision and scale of a number that declares none.
WIDEST = (38, 18)


def _selected(column: Column) -> sql.Composable:
    name = sql.Identifier(column.name)
    if column.type in _AS_IT_IS or column.type.startswith("numeric("):
        return name
    if column.type == "numeric":
        return sql.SQL("{}::numeric({}, {})").format(name, *map(sql.Literal, WIDEST))
    return sql.SQL("{}::text").format(name)
