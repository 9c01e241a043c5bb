"""The SQL of scoring: posts to compare come in by COPY, scores go out by COPY."""

import contextlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg

from clientnest.database import libpq_url, system_connection
from clientnest.errors import NotReady
from clientnest.marts import Moment

if TYPE_CHECKING:
    import polars as pl

# A live post younger than this is still growing too fast to be compared.
_GROWN_AFTER = "24 hours"

_COMPARABLE = f"""
    copy (
        select post_key, account_id, platform, kind, engagements
        from {{posts}}
        where workspace_id = {{workspace_id}} and {{of_networks}} and engagements >= 0
            and (source = 'file' or observed_at >= published_at + interval '{_GROWN_AFTER}')
        order by post_key
    ) to stdout (format csv)
"""
# COPY refuses a table under row-level security, so the rows wait in one of this transaction's own.
_STAGE = """
    create temp table scored (like scoring.post_scores) on commit drop;
    alter table scored alter workspace_id drop not null, alter scored_at drop not null
"""
_COLUMNS = "post_key, account_id, score, basis, n, median"
_COPY = f"copy scored ({_COLUMNS}) from stdin (format csv)"
_DELETE = """
    delete from scoring.post_scores as old
    using app.accounts as accounts
    where old.workspace_id = %s and old.account_id = accounts.id and accounts.platform = any(%s)
"""
_INSERT = f"""
    insert into scoring.post_scores (workspace_id, scored_at, {_COLUMNS})
    select %s, %s, {_COLUMNS} from scored
"""
# A group without a score has too few posts, and is asked about again: that costs as little.
_DUE = """
    select groups.workspace_id, array_agg(groups.platform order by groups.platform), now()
    from intermediate.int_groups_modelled as groups
    left join (
        select scores.workspace_id, accounts.platform, min(scores.scored_at) as scored_at
        from scoring.post_scores as scores
        join app.accounts as accounts on accounts.id = scores.account_id
        group by scores.workspace_id, accounts.platform
    ) as scored using (workspace_id, platform)
    where scored.scored_at is null or scored.scored_at < groups.modelled_at
    group by groups.workspace_id
    order by groups.workspace_id
"""


@dataclass(frozen=True, slots=True)
class Due:
    """Networks of a workspace whose posts have news since they were scored; `since` is before these are read."""

    workspace_id: UUID
    platforms: tuple[str, ...]
    since: datetime


def due() -> list[Due]:
    """What has to be scored. Raises NotReady."""
    with _modelled() as connection:
        return [
            Due(workspace_id, tuple(platforms), since)
            for workspace_id, platforms, since in connection.execute(_DUE).fetchall()
        ]


def comparable_posts(group: Due) -> "pl.DataFrame":
    """Posts whose engagements are known and have had time to grow: the columns of `scoring.content.scores`."""
    of_networks = psycopg.sql.SQL("platform = any({})").format(psycopg.sql.Literal(list(group.platforms)))
    with _modelled() as connection:
        return _read(connection, "intermediate", group.workspace_id, of_networks)


def posts_as_known(workspace_id: UUID, moment: Moment) -> "pl.DataFrame":
    """The same as known at a past moment. Raises NotReady where the past cannot be asked about."""
    with psycopg.connect(libpq_url("nest_app")) as connection:
        for name, value in {"nest.workspace_id": str(workspace_id), **moment.settings}.items():
            connection.execute("select set_config(%s, %s, true)", [name, value])
        try:
            return _read(connection, "known_intermediate", workspace_id, psycopg.sql.SQL("true"))
        except psycopg.errors.UndefinedTable as error:
            raise NotReady("The past cannot be asked about yet: it can once the figures are modelled again.") from error


def _read(
    connection: psycopg.Connection, schema: str, workspace_id: UUID, of_networks: psycopg.sql.Composable
) -> "pl.DataFrame":
    import polars as pl

    columns = {
        "post_key": pl.String,
        "account_id": pl.String,
        "platform": pl.String,
        "kind": pl.String,
        "engagements": pl.Int64,
    }
    query = psycopg.sql.SQL(_COMPARABLE).format(
        posts=psycopg.sql.Identifier(schema, "int_posts"),
        workspace_id=psycopg.sql.Literal(workspace_id),
        of_networks=of_networks,
    )
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        received = b"".join(bytes(block) for block in copy)
    if not received:
        return pl.DataFrame(schema=columns)
    return pl.read_csv(io.BytesIO(received), has_header=False, schema=columns)


def replace_scores(group: Due, scores: "pl.DataFrame") -> None:
    """Put these in the place of all scores of the group; seen at once or not at all."""
    rows = scores.select(_COLUMNS.split(", ")).write_csv(include_header=False)
    with system_connection() as connection, connection.cursor() as cursor:
        # Two runs at once would each see the other's rows too late.
        cursor.execute("select pg_advisory_xact_lock(hashtextextended('scoring ' || %s, 0))", [str(group.workspace_id)])
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:
            copy.write(rows)
        cursor.execute(_DELETE, [group.workspace_id, list(group.platforms)])
        cursor.execute(_INSERT, [group.workspace_id, group.since])


@contextlib.contextmanager
def _modelled() -> Iterator[psycopg.Connection]:
    """A connection to a warehouse that has models. Raises NotReady."""
    with system_connection() as connection:
        try:
            yield connection
        except psycopg.errors.UndefinedTable as error:
            raise NotReady("There are no posts to score yet: run `dbt build` first.") from error
