"""The record of loads in `app`: how they ended, what the network refused, what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from psycopg import Connection
from psycopg.types.json import Jsonb

from clientnest.database import system_connection
from ingestion.load.result import LoadAccount, LoadResult
from ingestion.raw import Origin
from platforms.platform import PostRef, Window

# A metric that the network refuses is tried again after so long.
PARKED = timedelta(days=7)

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
    cost = {unit: str(amount) for unit, amount in result.cost.items()}
    connection.execute(
        """
        update app.loads set status = %s, lake_path = coalesce(%s, lake_path), kept_at = %s,
            pages = %s, records = %s, written = %s, unchanged = %s, quarantined = %s,
            observed_at = %s, problem = %s, finished_at = now(),
            cost = %s, posts = %s, retry_at = now() + %s::interval, fingerprint = %s
        where id = %s and status <> 'done'
        """,
        [
            *(result.status, result.lake_path, result.kept_at, result.pages, result.records, result.written),
            *(result.unchanged, result.quarantined, result.observed_at, result.problem),
            *(Jsonb(cost), result.posts or 0, result.retry_after, result.fingerprint, result.load_id),
        ],
    )


@dataclass(frozen=True, slots=True)
class Landed:
    """A file that has landed; `kept_before` the one that it is compared with."""

    origin: Origin
    kept_before: bool
    # The network's clock on its newest page.
    observed_at: datetime


def announce(connection: Connection, load_id: UUID, lake_path: str) -> None:
    """Say where the file of a load is going to be, so that it is found if the load is cut off."""
    connection.execute("update app.loads set lake_path = %s where id = %s", [lake_path, load_id])


def leftovers(connection: Connection, account: LoadAccount, resource: str, load_id: UUID) -> list[tuple[UUID, str]]:
    """Earlier loads that never landed, and where their files may lie."""
    rows = connection.execute(
        """
        select id, lake_path from app.loads
        where account_id = %s and resource = %s and status <> 'done' and lake_path is not null and id <> %s
        order by created_at
        """,
        [account.id, resource, load_id],
    )
    return rows.fetchall()


def is_done(connection: Connection, load_id: UUID) -> bool:
    """Whether a load has landed."""
    return connection.execute("select from app.loads where id = %s and status = 'done'", [load_id]).rowcount > 0


def is_known(connection: Connection, account_id: UUID) -> bool:
    """Whether the account is still there."""
    return connection.execute("select from app.accounts where id = %s", [account_id]).rowcount > 0


def landed_after(connection: Connection, result: LoadResult, moment: datetime) -> list[Landed]:
    """Other files of the same account and table with pages of after a moment, in the order in which they landed."""
    rows = connection.execute(
        """
        select id, lake_path, coalesce(kept_at, created_at), observed_at from app.loads
        where account_id = %s and resource = %s and status = 'done' and observed_at > %s and id <> %s
        order by 3
        """,
        [result.account_id, result.resource, moment, result.load_id],
    )
    assert result.kept_at, "only what is in the lake is compared"
    return [
        Landed(Origin(result.workspace_id, load_id, lake_path, kept_at), kept_at < result.kept_at, observed_at)
        for load_id, lake_path, kept_at, observed_at in rows
    ]


def last_said(connection: Connection, account: LoadAccount, resource: str) -> str | None:
    """The fingerprint of what landed last, where that is what `raw` says now."""
    row = connection.execute(
        """
        select fingerprint from app.loads where account_id = %s and resource = %s and status = 'done' and pages > 0
        order by kept_at desc nulls last limit 1
        """,
        [account.id, resource],
    ).fetchone()
    return row[0] if row else None


def parked(account: LoadAccount, resource: str) -> dict[str, str]:
    """Metrics that are not asked for just now, with the network's words."""
    with system_connection() as connection:
        rows = connection.execute(
            "select metric, reason from app.parked_metrics where account_id = %s and resource = %s and until > now()",
            [account.id, resource],
        ).fetchall()
    return dict(rows)


def park(connection: Connection, result: LoadResult, refused: Mapping[str, str]) -> None:
    """Leave metrics out for a while; one that is refused again is parked since it was first refused."""
    for metric, reason in refused.items():
        connection.execute(
            """
            insert into app.parked_metrics (workspace_id, account_id, resource, metric, reason, since, until)
            values (%s, %s, %s, %s, %s, now(), now() + %s::interval)
            on conflict (account_id, resource, metric) do update set reason = excluded.reason, until = excluded.until
            """,
            [result.workspace_id, result.account_id, result.resource, metric, reason, PARKED],
        )


def unpark(connection: Connection, result: LoadResult) -> None:
    """Forget metrics that were asked for again in a load that is done, and were not refused."""
    connection.execute(
        "delete from app.parked_metrics where account_id = %s and resource = %s and until <= now()",
        [result.account_id, result.resource],
    )


def read(connection: Connection, result: LoadResult, posts: Sequence[PostRef]) -> None:
    """Remember that the figures of these posts were asked for now."""
    connection.execute(
        """
        insert into app.post_readings (workspace_id, account_id, resource, external_id, read_at)
        select %s, %s, %s, external_id, now() from unnest(%s::text[]) as external_id group by external_id
        on conflict (account_id, resource, external_id) do update set read_at = excluded.read_at
        """,
        [result.workspace_id, result.account_id, result.resource, [post.external_id for post in posts]],
    )


def retry_at(account: LoadAccount, resource: str) -> datetime | None:
    """Before when the network wants no further call of the kind; None where it may be asked."""
    with system_connection() as connection:
        row = connection.execute(
            "select max(retry_at) from app.loads where account_id = %s and resource = %s and retry_at > now()",
            [account.id, resource],
        ).fetchone()
    return row[0] if row else None


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
