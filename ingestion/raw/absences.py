"""Posts that a listing of the whole account left out: what a network says of a deletion that it does not tell.

A row says that a post, known before, was not in a listing of its time that came to its end, or that it was in one
again. One such listing may be a mistake of the network's; what follows from several is a decision of dbt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from psycopg import sql

from ingestion.raw.tables import Column, Origin, Table

ABSENCES = Table("absences", (Column("external_id", "text"), Column("absent", "boolean")), ("external_id",))


@dataclass(frozen=True, slots=True)
class Listing:
    """Every post of [start, end) by the network, read from `begun_at` to `ended_at` on its clock."""

    external_ids: Sequence[str]
    start: datetime
    end: datetime
    begun_at: datetime
    ended_at: datetime


def note(connection: psycopg.Connection, posts: Table, origin: Origin, account_id: UUID, listing: Listing) -> int:
    """Keep which known posts the listing lacks, and which of those that lacked are back; how many rows are new.

    Posts before the oldest one listed are left alone: networks cut long listings short without a word, and answer
    those who may not see with an empty one. A post that is back is touched: what was said of it is to be said anew.
    """
    query = sql.SQL("""
        with listed as (select unnest(%(listed)s::text[]) as external_id),
        known as (
            select distinct on (external_id) external_id, published_at, observed_at < %(begun_at)s as is_older
            from {posts}
            where account_id = %(account)s and observed_at <= %(ended_at)s
            order by external_id, observed_at desc, loaded_at desc, lake_page desc, lake_record desc
        ),
        reached as (select min(published_at) as oldest from known join listed using (external_id)),
        before as (
            select distinct on (external_id) external_id, absent from {absences}
            where account_id = %(account)s and observed_at < %(ended_at)s
            order by external_id, observed_at desc, loaded_at desc
        ),
        told as (
            insert into {absences} (external_id, absent, workspace_id, account_id, observed_at, row_hash, load_id,
                lake_path, lake_page, lake_record, loaded_at)
            select known.external_id, listed.external_id is null, %(workspace)s, %(account)s, %(ended_at)s,
                case when listed.external_id is null then 'absent' else 'present' end,
                %(load)s, %(path)s, 0, 0, %(kept_at)s
            from known
            cross join reached
            left join listed on listed.external_id = known.external_id
            left join before on before.external_id = known.external_id
            where (
                listed.external_id is null and known.is_older
                and known.published_at >= greatest(reached.oldest, %(start)s)
                and known.published_at < least(%(end)s, %(begun_at)s)
                or listed.external_id is not null and before.absent
            ) and not exists (
                select from {absences} as kept
                where kept.account_id = %(account)s and kept.external_id = known.external_id and kept.load_id = %(load)s
            )
            returning external_id, absent
        ),
        touched as (
            insert into raw.touched (workspace_id, account_id, external_id)
            select %(workspace)s, %(account)s, external_id from told where not absent order by external_id
            on conflict (account_id, external_id) do update set touches = touched.touches + 1
        )
        select count(*) from told
    """).format(posts=posts.identifier, absences=ABSENCES.identifier)
    told = {
        "listed": list(listing.external_ids),
        "start": listing.start,
        "end": listing.end,
        "begun_at": listing.begun_at,
        "ended_at": listing.ended_at,
        "account": account_id,
        "workspace": origin.workspace_id,
        "load": origin.load_id,
        "path": origin.lake_path,
        "kept_at": origin.kept_at,
    }
    row = connection.execute(query, told).fetchone()
    return int(row[0]) if row else 0
