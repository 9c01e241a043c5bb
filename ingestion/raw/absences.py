"""Posts that a network left out where it was to name them: what it says of a deletion that it does not tell.

A row says that a post, known before, was not in a listing of its time that came to its end, or was asked for by its id
and is not in the answer; or that the same resource has it again. One such answer may be a mistake of the network's;
what follows from several is a decision of dbt.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg import sql

from ingestion.raw.tables import Column, Origin, Table

# `resource` is the table of what lacks the post; rows from before there were several have none and are of listings.
ABSENCES = Table(
    "absences",
    (Column("external_id", "text"), Column("absent", "boolean"), Column("resource", "text")),
    ("external_id",),
)
_LISTINGS = "posts"


@dataclass(frozen=True, slots=True)
class Listing:
    """Every post of [start, end) by the network, read from `begun_at` to `ended_at` on its clock."""

    external_ids: Sequence[str]
    start: datetime
    end: datetime
    begun_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Answers:
    """What answers of one resource about posts by their ids have and lack, until `ended_at` on the network's clock."""

    resource: str
    found: Sequence[str]
    missing: Sequence[str]
    ended_at: datetime


def note(connection: psycopg.Connection, posts: Table, origin: Origin, account_id: UUID, listing: Listing) -> int:
    """Keep which known posts the listing lacks, and which of those that lacked are back; how many rows are new.

    Posts before the oldest one listed are left alone: networks cut long listings short without a word, and answer
    those who may not see with an empty one. A post that is back is touched: what was said of it is to be said anew.
    """
    said = sql.SQL("""
        listed as (select unnest(%(listed)s::text[]) as external_id),
        known as (
            select distinct on (external_id) external_id, published_at, observed_at < %(begun_at)s as is_older
            from {posts}
            where account_id = %(account)s and observed_at <= %(ended_at)s
            order by external_id, observed_at desc, loaded_at desc, lake_page desc, lake_record desc
        ),
        reached as (select min(published_at) as oldest from known join listed using (external_id)),
        said as (
            select known.external_id, listed.external_id is null as absent
            from known
            cross join reached
            left join listed on listed.external_id = known.external_id
            where listed.external_id is not null
                or known.is_older
                and known.published_at >= greatest(reached.oldest, %(start)s)
                and known.published_at < least(%(end)s, %(begun_at)s)
        )
    """).format(posts=posts.identifier)
    about = {
        "listed": list(listing.external_ids),
        "start": listing.start,
        "end": listing.end,
        "begun_at": listing.begun_at,
    }
    return _keep(connection, origin, account_id, _LISTINGS, listing.ended_at, said, about)


def note_answers(connection: psycopg.Connection, origin: Origin, account_id: UUID, answers: Answers) -> int:
    """Keep which posts the answers lack, and which of those that lacked are back; how many rows are new.

    Where several posts were asked for and none was found, it may be that nobody may see them: that says nothing.
    """
    if not answers.found and len(answers.missing) > 1:
        return 0
    said = sql.SQL("""
        said as (
            select unnest(%(missing)s::text[]) as external_id, true as absent
            union all
            select unnest(%(found)s::text[]), false
        )
    """)
    about = {"missing": list(answers.missing), "found": list(answers.found)}
    return _keep(connection, origin, account_id, answers.resource, answers.ended_at, said, about)


def _keep(
    connection: psycopg.Connection,
    origin: Origin,
    account_id: UUID,
    resource: str,
    ended_at: datetime,
    said: sql.Composable,
    about: Mapping[str, object],
) -> int:
    """`said` are common table expressions, the last of which tells which posts are absent and which are not."""
    query = sql.SQL("""
        with {said},
        before as (
            select distinct on (external_id) external_id, absent from {absences}
            where account_id = %(account)s and observed_at < %(ended_at)s
                and coalesce(resource, %(listings)s) = %(resource)s
            order by external_id, observed_at desc, loaded_at desc
        ),
        told as (
            insert into {absences} (external_id, absent, resource, workspace_id, account_id, observed_at, row_hash,
                load_id, lake_path, lake_page, lake_record, loaded_at)
            select said.external_id, said.absent, %(resource)s, %(workspace)s, %(account)s, %(ended_at)s,
                case when said.absent then 'absent' else 'present' end, %(load)s, %(path)s, 0, 0, %(kept_at)s
            from said
            left join before on before.external_id = said.external_id
            where (said.absent or before.absent) and not exists (
                select from {absences} as kept
                where kept.account_id = %(account)s and kept.external_id = said.external_id and kept.load_id = %(load)s
            )
            returning external_id, absent
        ),
        touched as (
            insert into raw.touched (workspace_id, account_id, external_id)
            select %(workspace)s, %(account)s, external_id from told where not absent order by external_id
            on conflict (account_id, external_id) do update set touches = touched.touches + 1
        )
        select count(*) from told
    """).format(said=said, absences=ABSENCES.identifier)
    told = {
        **about,
        "resource": resource,
        "listings": _LISTINGS,
        "ended_at": ended_at,
        "account": account_id,
        "workspace": origin.workspace_id,
        "load": origin.load_id,
        "path": origin.lake_path,
        "kept_at": origin.kept_at,
    }
    row = connection.execute(query, told).fetchone()
    return int(row[0]) if row else 0
