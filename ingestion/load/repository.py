"""The record of loads in `app`, and what a load needs to know from `raw`."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg import Connection, sql

from clientnest.database import system_connection
from ingestion.load.result import LoadAccount, LoadResult
from ingestion.raw import SCHEMA
from platforms.platform import Platform, PostRef, Window

# A load that says `running` for longer was cut off: by a crash, a kill or a power cut.
_LONGEST_LOAD = timedelta(hours=2)
_CUT_OFF = "The load was cut off before it finished; the next one reads the window again."


def start(load_id: UUID, account: LoadAccount, platform: str, resource: str, window: Window) -> None:
    """Say that a load is under way, and that an earlier one of the same resource never ended."""
    with system_connection() as connection:
        connection.execute(
            """
            update app.loads set status = 'failed', finished_at = now(), problem = %s
            where account_id = %s and resource = %s and status = 'running' and created_at < %s
            """,
            [_CUT_OFF, account.id, resource, datetime.now(UTC) - _LONGEST_LOAD],
        )
        insert(connection, load_id, account, platform, resource, window)


def insert(
    connection: Connection, load_id: UUID, account: LoadAccount, platform: str, resource: str, window: Window
) -> None:
    """The row of a running load, unless it is there."""
    connection.execute(
        """
        insert into app.loads (id, workspace_id, account_id, platform, resource, window_start, window_end,
            status, pages, records, written, unchanged, quarantined)
        values (%s, %s, %s, %s, %s, %s, %s, 'running', 0, 0, 0, 0, 0)
        on conflict (id) do nothing
        """,
        [load_id, account.workspace_id, account.id, platform, resource, window.start, window.end],
    )


def finish(connection: Connection, result: LoadResult) -> None:
    """The outcome of a load; what is done stays as it was first said."""
    connection.execute(
        """
        update app.loads set status = %s, lake_path = %s, pages = %s, records = %s, written = %s,
            unchanged = %s, quarantined = %s, observed_at = %s, problem = %s, finished_at = now()
        where id = %s and status <> 'done'
        """,
        [
            *(result.status, result.lake_path, result.pages, result.records, result.written),
            *(result.unchanged, result.quarantined, result.observed_at, result.problem, result.load_id),
        ],
    )


def post_refs(account: LoadAccount, platform: Platform, window: Window, moving: timedelta) -> list[PostRef]:
    """The account's posts whose figures still move in the window: published at most `moving` before it."""
    query = sql.SQL("""
        select external_id, kind, published_at from (
            select distinct on (external_id) external_id, kind, published_at
            from {}
            where workspace_id = %s and account_id = %s
            order by external_id, observed_at desc, loaded_at desc
        ) as latest
        where published_at >= %s and published_at < %s
        order by published_at
    """).format(sql.Identifier(SCHEMA, f"{platform.name}_posts"))
    with system_connection() as connection:
        rows = connection.execute(
            query, [account.workspace_id, account.id, window.start - moving, window.end]
        ).fetchall()
    return [PostRef(external_id, kind, published_at) for external_id, kind, published_at in rows]


def connected_accounts(platform: str, workspace_ids: Sequence[UUID] | None) -> list[UUID]:
    """Accounts that can be read, of the given workspaces or of all."""
    with system_connection() as connection:
        rows = connection.execute(
            """
            select id from app.accounts
            where platform = %s and source = 'api' and status = 'connected'
            and (%s::uuid[] is null or workspace_id = any(%s))
            order by workspace_id, created_at, id
            """,
            [platform, *([list(workspace_ids) if workspace_ids is not None else None] * 2)],
        ).fetchall()
    return [account_id for (account_id,) in rows]
