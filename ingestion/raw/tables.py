"""What a table of `raw` is, and how it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg import sql

SCHEMA = "raw"

# Beside the declared columns, every table has these. `loaded_at` is when the file in the lake that brought the row was
# written, on our clock; it orders rows that were observed at one moment.
LINEAGE = (
    ("workspace_id", "uuid not null"),
    ("account_id", "uuid not null"),
    ("observed_at", "timestamptz not null"),
    ("row_hash", "text not null"),
    ("load_id", "uuid not null"),
    ("lake_path", "text not null"),
    ("lake_page", "int not null"),
    ("lake_record", "int not null"),
    ("loaded_at", "timestamptz not null default clock_timestamp()"),
)
# What a batch says about each of its rows; the rest is the database's or the batch's.
GIVEN = ("account_id", "observed_at", "row_hash", "lake_page", "lake_record")


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is PostgreSQL's."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of `raw`. Rows with the same account and `key` are observations of one thing.

    Columns of `nullable_key` belong to the key and may be NULL, which then is a value like any other. Where the rows
    are about posts, `external_id` says which; other rows are about the account itself.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    nullable_key: tuple[str, ...] = ()
    about_posts: bool = False

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(SCHEMA, self.name)

    @property
    def declared(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def whole_key(self) -> tuple[str, ...]:
        return ("account_id", *self.key, *self.nullable_key)

    def same_key(self, one: str, other: str) -> sql.Composed:
        """The condition that rows of two aliases are observations of one thing."""
        equal = [
            sql.SQL("{} = {}").format(sql.Identifier(one, n), sql.Identifier(other, n))
            for n in ("account_id", *self.key)
        ]
        equal += [
            sql.SQL("{} is not distinct from {}").format(sql.Identifier(one, n), sql.Identifier(other, n))
            for n in self.nullable_key
        ]
        return sql.SQL(" and ").join(equal)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a batch comes from. `lake_path` is relative to the lake, `kept_at` when it was written there."""

    workspace_id: UUID
    load_id: UUID
    lake_path: str
    kept_at: datetime


def ensure_table(connection: psycopg.Connection, table: Table) -> None:
    """Make the table, or add the columns that it lacks; safe to repeat and at the same time elsewhere."""
    reserved = {name for name, _ in LINEAGE} & {column.name for column in table.columns}
    if reserved:
        raise ValueError(f"{table.name} declares columns that every raw table has: {sorted(reserved)}")
    wanted = [(column.name, column.type) for column in table.columns] + list(LINEAGE)
    if _existing(connection, table) >= {name for name, _ in wanted}:
        return
    with connection.transaction():
        lock(connection, "raw.tables", table.name)
        _make(connection, table, wanted)


def lock(connection: psycopg.Connection, *names: object) -> None:
    """Hold everybody else who names the same until this transaction ends."""
    connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [" ".join(str(name) for name in names)])


def names(columns: Sequence[str]) -> sql.Composed:
    """Columns as SQL lists them."""
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _make(connection: psycopg.Connection, table: Table, wanted: Sequence[tuple[str, str]]) -> None:
    columns = [sql.SQL("{} {}").format(sql.Identifier(n), sql.SQL(t)) for n, t in wanted]
    connection.execute(
        sql.SQL("create table if not exists {} ({})").format(table.identifier, sql.SQL(", ").join(columns))
    )
    for column in table.columns:
        connection.execute(
            sql.SQL("alter table {} add column if not exists {} {}").format(
                table.identifier, sql.Identifier(column.name), sql.SQL(column.type)
            )
        )
    connection.execute(
        sql.SQL("create index if not exists {} on {} ({}, observed_at desc)").format(
            sql.Identifier(f"ix_{table.name}_latest"), table.identifier, names(table.whole_key)
        )
    )
    connection.execute("select app.secure(%s::regclass)", [f"{SCHEMA}.{table.name}"])
    connection.execute(sql.SQL("grant select on {} to nest_app").format(table.identifier))


def _existing(connection: psycopg.Connection, table: Table) -> set[str]:
    found = connection.execute(
        "select attname from pg_attribute where attrelid = to_regclass(%s) and attnum > 0 and not attisdropped",
        [f"{SCHEMA}.{table.name}"],
    )
    return {name for (name,) in found}
