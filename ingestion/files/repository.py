"""What an import needs of the database: accounts, numbers for equal lines, and the record of the import."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from psycopg import Connection, sql

from clientnest.errors import NotFound
from ingestion.files.report import Report
from ingestion.raw import Table


def check_workspace(connection: Connection, workspace_id: UUID) -> None:
    """Raises NotFound."""
    if connection.execute("select from app.workspaces where id = %s", [workspace_id]).fetchone() is None:
        raise NotFound(f"There is no workspace {workspace_id}.")


def imported(connection: Connection, workspace_id: UUID, sha256: str, report: Report) -> UUID | None:
    """The import of the same bytes, if there was one."""
    row = connection.execute(
        "select id from app.file_imports where workspace_id = %s and sha256 = %s and report = %s",
        [workspace_id, sha256, report.name],
    ).fetchone()
    return row[0] if row else None


def accounts(connection: Connection, workspace_id: UUID, platform: str, names: Sequence[str]) -> dict[str, UUID]:
    """The workspace's imported accounts of these names; made where they lack.

    Their external ids begin with `file:`, so none is ever taken for a connected account.
    """
    external_ids = [f"file:{name}" for name in names]
    connection.execute(
        """
        insert into app.accounts (id, workspace_id, platform, external_id, name, source, status)
        select id, %s, %s, external_id, name, 'file', 'imported'
        from unnest(%s::uuid[], %s::text[], %s::text[]) as a (id, external_id, name)
        on conflict (workspace_id, platform, external_id) do nothing
        """,
        [workspace_id, platform, [uuid4() for _ in names], external_ids, list(names)],
    )
    rows = connection.execute(
        """
        select external_id, id from app.accounts
        where workspace_id = %s and platform = %s and external_id = any(%s)
        """,
        [workspace_id, platform, external_ids],
    )
    return {external_id.removeprefix("file:"): account_id for external_id, account_id in rows}


def number_equals(connection: Connection, table: Table, workspace_id: UUID) -> None:
    """Give each of the lines in `incoming` with one identity its ordinal.

    A line that is known to the last figure keeps the ordinal that it has; what is left renews the known ones
    in order, and only then is new. So a file that overlaps an earlier one brings only what is new.
    """
    connection.execute(
        sql.SQL("""
            with latest as (
                select distinct on (account_id, identity, ordinal) account_id, identity, ordinal, row_hash
                from {table}
                where workspace_id = {workspace_id}
                and (account_id, identity) in (select account_id, identity from incoming)
                order by account_id, identity, ordinal, observed_at desc, loaded_at desc
            ),
            known as (
                select *, row_number() over (
                    partition by account_id, identity, row_hash order by ordinal) as nth from latest
            ),
            arrived as (
                select account_id, identity, row_hash, line, row_number() over (
                    partition by account_id, identity, row_hash order by line) as nth from incoming
            ),
            matched as (
                select arrived.*, known.ordinal
                from arrived left join known using (account_id, identity, row_hash, nth)
            ),
            same as (
                select account_id, identity, count(ordinal) as number from matched group by 1, 2
            ),
            left_over as (
                select account_id, identity, line, row_number() over (
                    partition by account_id, identity order by line) as nth
                from matched where ordinal is null
            ),
            free as (
                select account_id, identity, ordinal, row_number() over (
                    partition by account_id, identity order by ordinal) as nth
                from latest
                where not exists (
                    select from matched where matched.account_id = latest.account_id
                    and matched.identity = latest.identity and matched.ordinal = latest.ordinal)
            ),
            numbered as (
                select line, ordinal from matched where ordinal is not null
                union all
                select left_over.line, coalesce(free.ordinal, left_over.nth - 1 + same.number)
                from left_over
                join same using (account_id, identity)
                left join free using (account_id, identity, nth)
            )
            update incoming set ordinal = numbered.ordinal from numbered where numbered.line = incoming.line
        """).format(table=table.identifier, workspace_id=workspace_id)
    )


def name_by_identity(connection: Connection) -> None:
    """Where the network's id is unknown, a post is known by its identity and ordinal."""
    connection.execute(
        """
        update incoming
        set external_id = identity || case when ordinal > 0 then '-' || ordinal::text else '' end
        where external_id is null
        """
    )


def record(connection: Connection, values: dict[str, object]) -> None:
    """The row of app.file_imports, unless it is there."""
    query = sql.SQL("insert into app.file_imports ({}) values ({}) on conflict do nothing").format(
        sql.SQL(", ").join(map(sql.Identifier, values)), sql.SQL(", ").join(map(sql.Placeholder, values))
    )
    connection.execute(query, values)
