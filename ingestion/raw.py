"""The schema `raw`: tables made from declared columns, appended to only where something changed.

A row is one record as observed at one moment. It is written when it differs from what was last observed
before it under the same key, so reading a window twice, or replaying the lake, writes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
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

# A record longer than this is cut in quarantine; the lake has all of it.
_LONGEST_RECORD = 20_000


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


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a batch comes from. `lake_path` is relative to the lake, `kept_at` when it was written there."""

    workspace_id: UUID
    load_id: UUID
    lake_path: str
    kept_at: datetime


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that is not loaded: where it stands in the lake, and why. Page and record count from 1."""

    reason: str
    record: str
    lake_record: int
    lake_page: int = 1
    account_id: UUID | None = None


def ensure_table(connection: psycopg.Connection, table: Table) -> None:
    """Make the table, or add the columns that it lacks; safe to repeat and at the same time elsewhere."""
    reserved = {name for name, _ in LINEAGE} & {column.name for column in table.columns}
    if reserved:
        raise ValueError(f"{table.name} declares columns that every raw table has: {sorted(reserved)}")
    wanted = [(column.name, column.type) for column in table.columns] + list(LINEAGE)
    if _existing(connection, table) >= {name for name, _ in wanted}:
        return
    lock(connection, "raw.tables", table.name)
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
    index = [sql.Identifier("account_id"), *map(sql.Identifier, (*table.key, *table.nullable_key))]
    connection.execute(
        sql.SQL("create index if not exists {} on {} ({}, observed_at desc)").format(
            sql.Identifier(f"ix_{table.name}_latest"), table.identifier, sql.SQL(", ").join(index)
        )
    )
    connection.execute("select app.secure(%s::regclass)", [f"{SCHEMA}.{table.name}"])
    connection.execute(sql.SQL("grant select on {} to nest_app").format(table.identifier))


def lock(connection: psycopg.Connection, *names: object) -> None:
    """Hold everybody else who names the same until this transaction ends."""
    connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [" ".join(str(name) for name in names)])


def begin_landing(connection: psycopg.Connection) -> datetime:
    """The moment to keep a file under, on our clock.

    Until this transaction ends, whoever holds the lock `clientnest.landing` alone waits: so what says that it was
    loaded before a moment taken under that lock is there.
    """
    connection.execute("select pg_advisory_xact_lock_shared(hashtext('clientnest.landing'))")
    return datetime.now(UTC)


def stage(connection: psycopg.Connection, table: Table, rows: Iterable[Sequence[object]]) -> None:
    """COPY rows into a temporary table `incoming`, gone when the transaction ends.

    A row holds the table's columns in order, then GIVEN, then hash and moment of the observation of the same
    key that stands before it in the batch (both None where there is none).
    """
    connection.execute(
        sql.SQL(
            "create temp table incoming on commit drop as select {}, row_hash as previous_hash, "
            "observed_at as previous_observed_at from {} with no data"
        ).format(_names((*_declared(table), *GIVEN)), table.identifier)
    )
    with connection.cursor() as cursor, cursor.copy("copy incoming from stdin") as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute("analyze incoming")


def append_changed(connection: psycopg.Connection, table: Table, origin: Origin) -> int:
    """Append what `incoming` brings news of, and touch what that is about; how many rows were written."""
    same = [sql.SQL("o.account_id = i.account_id and o.workspace_id = {}").format(origin.workspace_id)]
    same += [sql.SQL("o.{0} = i.{0}").format(sql.Identifier(name)) for name in table.key]
    same += [sql.SQL("o.{0} is not distinct from i.{0}").format(sql.Identifier(name)) for name in table.nullable_key]
    query = sql.SQL("""
        with written as (
            insert into {table} ({names}, workspace_id, load_id, lake_path, loaded_at)
            select {values}, {workspace_id}, {load_id}, {lake_path}, {kept_at}
            from incoming as i
            left join lateral (
                select o.row_hash, o.observed_at
                from {table} as o
                where {same} and o.observed_at <= i.observed_at
                order by o.observed_at desc, o.loaded_at desc
                limit 1
            ) as before on true
            where i.row_hash is distinct from
                case when i.previous_observed_at > coalesce(before.observed_at, '-infinity')
                    then i.previous_hash else before.row_hash end
            and not exists (
                select from {table} as o
                where {same} and o.observed_at = i.observed_at and o.row_hash = i.row_hash
            )
            returning account_id, {subject} as external_id
        ),
        touched as (
            insert into raw.touched (workspace_id, account_id, external_id)
            select {workspace_id}, account_id, external_id from written
            group by account_id, external_id order by account_id, external_id
            on conflict (account_id, external_id) do update set touches = touched.touches + 1
        )
        select count(*) from written
    """).format(
        table=table.identifier,
        names=_names((*_declared(table), *GIVEN)),
        values=sql.SQL(", ").join(sql.Identifier("i", name) for name in (*_declared(table), *GIVEN)),
        same=sql.SQL(" and ").join(same),
        subject=sql.Identifier("external_id") if table.about_posts else sql.Literal(""),
        workspace_id=origin.workspace_id,
        load_id=origin.load_id,
        lake_path=origin.lake_path,
        kept_at=origin.kept_at,
    )
    row = connection.execute(query).fetchone()
    return row[0] if row else 0


def quarantine(connection: psycopg.Connection, source: str, origin: Origin, broken: Iterable[Broken]) -> int:
    """Keep what could not be loaded; how many rows were new.

    What an earlier load brought already, with the same fault, is not kept again.
    """
    connection.execute(
        "create temp table broken on commit drop as "
        "select account_id, lake_page, lake_record, reason, record from raw.quarantine with no data"
    )
    with connection.cursor() as cursor, cursor.copy("copy broken from stdin") as copy:
        for one in broken:
            text = _storable(one.reason), _storable(one.record)[:_LONGEST_RECORD]
            copy.write_row((one.account_id, one.lake_page, one.lake_record, *text))
    return connection.execute(
        """
        insert into raw.quarantine
            (workspace_id, source, load_id, lake_path, account_id, lake_page, lake_record, reason, record)
        select %(workspace_id)s, %(source)s, %(load_id)s, %(lake_path)s, b.*
        from broken as b
        where not exists (
            select from raw.quarantine as q
            where q.workspace_id = %(workspace_id)s and q.source = %(source)s
            and q.account_id is not distinct from b.account_id
            and md5(q.record) = md5(b.record) and q.reason = b.reason
        )
        """,
        {
            "workspace_id": origin.workspace_id,
            "source": source,
            "load_id": origin.load_id,
            "lake_path": origin.lake_path,
        },
    ).rowcount


def _existing(connection: psycopg.Connection, table: Table) -> set[str]:
    found = connection.execute(
        "select column_name from information_schema.columns where table_schema = %s and table_name = %s",
        [SCHEMA, table.name],
    )
    return {name for (name,) in found}


def _declared(table: Table) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)


def _names(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _storable(text: str) -> str:
    """PostgreSQL's text holds every character but NUL."""
    return text.replace("\x00", "\\u0000")
