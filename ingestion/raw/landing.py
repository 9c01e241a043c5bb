"""How a batch becomes rows: all of it into a temporary table, then, set by set, what is news of it into `raw`.

The order of observations is that of (observed_at, loaded_at, lake_page, lake_record); the last one of a moment holds.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from clientnest.errors import NotReady
from ingestion.raw.tables import GIVEN, Origin, Table, names

# From so many rows on, the account's latest rows are read once in order instead of being looked up one by one, unless
# the account has more than so many times as many.
_SWEEP_FROM, _SWEEP_UP_TO = 2_000, 8
# So many rows of a batch tell whether a field is still sent.
_ENOUGH = 1_000
# JSON arrays without their brackets are CSV of this kind.
_LINES = "(format csv, quote '\"', escape '\\', null 'null')"


def begin_landing(connection: psycopg.Connection) -> datetime:
    """The moment to keep a file under, on the database's clock, which all machines share. Raises NotReady while `raw`
    is made again.

    Until this transaction ends, whoever holds the lock `clientnest.landing` alone waits: so what says that it was
    loaded before a moment taken under that lock is there.
    """
    connection.execute("select pg_advisory_xact_lock_shared(hashtext('clientnest.landing'))")
    if is_rebuilding(connection):
        raise NotReady(
            "The warehouse is being made again from the lake: nothing is loaded until `./nest rebuild` ends."
        )
    moment: datetime = _one(connection, sql.SQL("select clock_timestamp()"))
    return moment


def is_rebuilding(connection: psycopg.Connection) -> bool:
    """Whether `raw` is being made again, or was to be and is not finished."""
    row = connection.execute("select to_regclass('raw.rebuilding') is not null").fetchone()
    return bool(row and row[0])


def prepare(connection: psycopg.Connection, table: Table, account_id: UUID | None = None) -> None:
    """Empty temporary tables `incoming` and `broken`; `account_id` where all rows are of one account."""
    connection.execute("set client_min_messages = warning")
    connection.execute("set temp_buffers = '96MB'")
    connection.execute("drop table if exists incoming, broken")
    connection.execute(
        sql.SQL("create temp table incoming as select {} from {} with no data").format(
            names((*table.declared, *GIVEN)), table.identifier
        )
    )
    connection.execute(
        sql.SQL("alter table incoming alter account_id set default {}::uuid").format(sql.Literal(account_id))
    )
    connection.execute(
        sql.SQL(
            "create temp table broken as "
            "select account_id, lake_page, lake_record, reason, record from raw.quarantine with no data"
        )
    )


def stage(connection: psycopg.Connection, table: Table, rows: Iterable[Sequence[object]]) -> None:
    """COPY rows into `incoming`: the table's columns in order, then GIVEN."""
    prepare(connection, table)
    with connection.cursor() as cursor, cursor.copy("copy incoming from stdin") as copy:
        for row in rows:
            copy.write_row(row)


def stage_lines(connection: psycopg.Connection, columns: Sequence[str], lines: bytes) -> None:
    """COPY lines of JSON values into `incoming`."""
    query = sql.SQL("copy incoming ({}) from stdin with {}").format(names(columns), sql.SQL(_LINES))
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        copy.write(lines)


def has_rows(connection: psycopg.Connection, table: Table, account_id: UUID) -> bool:
    """Whether anything of the account is in the table."""
    query = sql.SQL("select exists (select from {} where account_id = {})").format(table.identifier, account_id)
    return bool(_one(connection, query))


def has_repeats(connection: psycopg.Connection, table: Table) -> bool:
    """Whether `incoming` says something more than once of the same thing."""
    query = sql.SQL("select exists (select from incoming group by {} having count(*) > 1)")
    return bool(_one(connection, query.format(names(table.whole_key))))


def append_first(connection: psycopg.Connection, table: Table, origin: Origin) -> None:
    """Append all that `incoming` holds, and empty it: rows of an account that has no others of the same keys.

    What they are about is to be touched in the end.
    """
    query = sql.SQL("{} select {} from incoming as i; truncate incoming")
    connection.execute(query.format(_insert(table), _values(table, origin)))


def touch(connection: psycopg.Connection, origin: Origin, account_id: UUID, external_ids: Iterable[str]) -> None:
    """Say that there is news of posts, or of the account itself under the name ''."""
    connection.execute(
        """
        insert into raw.touched (workspace_id, account_id, external_id)
        select %s, %s, external_id from unnest(%s::text[]) as external_id order by external_id
        on conflict (account_id, external_id) do update set touches = touched.touches + 1
        """,
        [origin.workspace_id, account_id, list(external_ids)],
    )


def append_news(
    connection: psycopg.Connection,
    table: Table,
    origin: Origin,
    *,
    account_id: UUID | None = None,
    last: bool = False,
    repeats: bool,
) -> int:
    """Append what `incoming` brings news of, and touch what that is about; how many rows were written.

    `account_id` where all rows are of one account; `last` where none of its rows was observed after the batch;
    `repeats` as of `has_repeats`.
    """
    query = sql.SQL("""
        with written as (
            {insert} select {values} from {incoming} as i {before}
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
        insert=_insert(table),
        values=_values(table, origin),
        incoming=_incoming(table, repeats),
        before=_before(connection, table, origin.kept_at, account_id, last),
        subject=sql.Identifier("external_id") if table.about_posts else sql.Literal(""),
        workspace_id=origin.workspace_id,
    )
    return int(_one(connection, query))


def _insert(table: Table) -> sql.Composed:
    columns = names((*table.declared, *GIVEN, "workspace_id", "load_id", "lake_path", "loaded_at"))
    return sql.SQL("insert into {} ({})").format(table.identifier, columns)


def _values(table: Table, origin: Origin) -> sql.Composed:
    """What `_insert` asks for, of rows of `incoming` as `i`."""
    given = [sql.Identifier("i", name) for name in (*table.declared, *GIVEN)]
    of_all = [origin.workspace_id, origin.load_id, origin.lake_path, origin.kept_at]
    return sql.SQL(", ").join([*given, *map(sql.Literal, of_all)])


def gone(connection: psycopg.Connection, table: Table, kept_at: datetime, silent: Sequence[str]) -> dict[str, datetime]:
    """Which of the columns that say nothing in `incoming` said something of the same things before, and when last.

    A part of the batch is enough to tell.
    """
    asked = [name for name in silent if name not in table.whole_key]
    if not asked:
        return {}
    last = [
        sql.SQL("max(before.observed_at) filter (where before.{} is not null)").format(sql.Identifier(n)) for n in asked
    ]
    query = sql.SQL("select {} from (select * from incoming limit {}) as i {}").format(
        sql.SQL(", ").join(last), _ENOUGH, _looked_up(table, kept_at, asked)
    )
    row = connection.execute(query).fetchone() or ()
    return {name: seen_at for name, seen_at in zip(asked, row, strict=False) if seen_at is not None}


def _incoming(table: Table, repeats: bool) -> sql.Composable:
    """The batch, each row with what stands before it of its key; of a moment only the last word."""
    if not repeats:
        return sql.SQL("(select *, null::text as previous_hash, null::timestamptz as previous_at from incoming)")
    return sql.SQL("""(
        select *, lag(row_hash) over following as previous_hash, lag(observed_at) over following as previous_at
        from (
            select *, lead(observed_at) over (
                partition by {key} order by observed_at, lake_page, lake_record
            ) is not distinct from observed_at as is_overruled
            from incoming
        ) as listed
        where not is_overruled
        window following as (partition by {key} order by observed_at)
    )""").format(key=names(table.whole_key))


def _before(
    connection: psycopg.Connection, table: Table, kept_at: datetime, account_id: UUID | None, last: bool
) -> sql.Composable:
    """Joins the last row before each of the batch, and leaves those that are news."""
    if account_id and not has_rows(connection, table, account_id):
        return sql.SQL("where i.row_hash is distinct from i.previous_hash")
    swept = last and account_id and not table.nullable_key and _is_most(connection, table, account_id)
    return sql.SQL("""
        {joined} where i.row_hash is distinct from case
            when i.previous_at >= coalesce(before.observed_at, '-infinity')
            then i.previous_hash else before.row_hash end
    """).format(joined=_swept(table, account_id) if swept else _looked_up(table, kept_at))


def _looked_up(table: Table, kept_at: datetime, more: Sequence[str] = ()) -> sql.Composed:
    """Row by row, by the index."""
    return sql.SQL("""
        left join lateral (
            select {wanted} from {table} as o
            where {same} and o.observed_at <= i.observed_at
            and (o.observed_at, o.loaded_at, o.lake_page, o.lake_record)
                <= (i.observed_at, {kept_at}, i.lake_page, i.lake_record)
            order by o.observed_at desc, o.loaded_at desc, o.lake_page desc, o.lake_record desc
            limit 1
        ) as before on true
    """).format(
        wanted=names(("row_hash", "observed_at", *more)),
        table=table.identifier,
        same=table.same_key("o", "i"),
        kept_at=kept_at,
    )


def _swept(table: Table, account_id: UUID | None) -> sql.Composed:
    """All latest rows of the account at once; what was observed after the batch must not be there."""
    return sql.SQL("""
        left join (
            select distinct on ({key}) * from {table} where account_id = {account_id}
            order by {key}, observed_at desc, loaded_at desc, lake_page desc, lake_record desc
        ) as before on {same}
    """).format(
        key=names(table.whole_key), table=table.identifier, account_id=account_id, same=table.same_key("before", "i")
    )


def _is_most(connection: psycopg.Connection, table: Table, account_id: UUID) -> bool:
    """Whether the batch is so large a part of what the account has that it is cheaper to read all of that."""
    batch = int(_one(connection, sql.SQL("select count(*) from incoming")))
    if batch < _SWEEP_FROM:
        return False
    most = batch * _SWEEP_UP_TO
    query = sql.SQL("select count(*) from (select from {} where account_id = {} limit {}) as o")
    return int(_one(connection, query.format(table.identifier, account_id, most + 1))) <= most


def _one(connection: psycopg.Connection, query: sql.SQL | sql.Composed) -> Any:
    row = connection.execute(query).fetchone()
    return row[0] if row else None
