"""Freshness, and what the rooms wrote down about their work."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.marts.period import CONNECTED, SELECTED, Selection
from clientnest.marts.rows import Row, modelled, read


async def freshness(session: AsyncSession, selection: Selection) -> list[Row]:
    """Per network: how old its oldest account's newest observation is, when the next is due, up to which day all
    figures are settled, and whether a resource failed last time.

    `live` is False for a network that is known from files only. Nothing is known before the first modelling.
    """
    if not await modelled(session):
        return []
    return await read(
        session,
        f"""
        with connected as (
            select account_id, platform from marts.accounts
            where {CONNECTED} and {SELECTED}
        ),
        by_account as (
            select c.platform, c.account_id, max(f.last_observed_at) as observed_at,
                min(f.next_expected_at) as next_expected_at, min(f.settled_to) as settled_to,
                coalesce(bool_or(f.last_status = 'failed'), false) as failing
            from connected c left join marts.data_freshness f on f.account_id = c.account_id
            group by c.platform, c.account_id
        ),
        live as (
            select platform, true as live, min(observed_at) as observed_at, min(next_expected_at) as next_expected_at,
                min(settled_to) as settled_to, bool_or(failing) as failing
            from by_account group by platform
        )
        select * from live
        union all
        select platform, false, max(last_observed_at), null, null, false from marts.accounts
        where {SELECTED} and platform not in (select platform from live) group by platform
        order by platform
        """,
        **selection.connection,
        **selection.parameters,
    )


async def newest_day(session: AsyncSession) -> date:
    """Today (UTC), or the day of the newest observation where a network's clock is ahead of ours; never after the
    moment that is asked about."""
    rows = await read(session, f"select ({_NEWEST} at time zone 'UTC')::date as day")
    day: date = rows[0]["day"]
    return day


async def newest_moment(session: AsyncSession) -> datetime:
    """Now, or the newest observation where a network's clock is ahead of ours."""
    rows = await read(session, f"select {_NEWEST} as moment")
    moment: datetime = rows[0]["moment"]
    return moment


_NEWEST = """
    greatest(least(now(), app.known_at()), (select max(last_observed_at) from marts.accounts where source = 'api'))
"""


async def modelled_at(session: AsyncSession) -> datetime | None:
    """Everything that was recorded until then is in the figures of today; None before the first modelling."""
    if not await modelled(session):
        return None
    rows = await read(session, "select max(modelled_at) as moment from marts.workspaces")
    moment: datetime | None = rows[0]["moment"]
    return moment


async def resources(session: AsyncSession) -> list[Row]:
    """Freshness of every resource of every account; empty before the first modelling."""
    if not await modelled(session):
        return []
    return await read(
        session,
        """
        select f.account_id, f.platform, a.name as account_name, f.resource, f.last_observed_at, f.last_success_at,
            f.next_expected_at, f.last_status, f.settled_to, f.written, f.quarantined
        from marts.data_freshness f left join app.accounts a on a.id = f.account_id
        order by f.platform, a.name, f.resource
        """,
    )


async def loads(session: AsyncSession, *, limit: int) -> list[Row]:
    """The newest loads first."""
    return await read(
        session,
        """
        select l.id, l.account_id, a.name as account_name, l.platform, l.resource, l.window_start, l.window_end,
            l.status, l.pages, l.records, l.written, l.unchanged, l.quarantined, l.observed_at,
            l.created_at as started_at, l.finished_at, l.problem, l.lake_path
        from app.loads l left join app.accounts a on a.id = l.account_id
        order by l.created_at desc, l.id limit :limit
        """,
        limit=limit,
    )


async def quarantine(session: AsyncSession, *, limit: int) -> tuple[int, list[Row]]:
    """How many records are in quarantine, and the newest of them; a long record is cut after 500 characters."""
    counted = await read(session, "select count(*) as n from raw.quarantine")
    items = await read(
        session,
        """
        select id, account_id, source, lake_path, lake_page, lake_record, reason, left(record, 500) as record,
            quarantined_at
        from raw.quarantine order by quarantined_at desc, id desc limit :limit
        """,
        limit=limit,
    )
    return counted[0]["n"], items


@dataclass(frozen=True, slots=True)
class PublicationFilter:
    """`since` (included) and `until` (not) are about the moment that was meant."""

    status: str | None = None
    account_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


async def publications(
    session: AsyncSession,
    wanted: PublicationFilter = PublicationFilter(),
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[Row]:
    """The ledger, the newest first; of those `scheduled`, the next first.

    `after` is the last row seen: its `place_of`.
    """
    column = _place_column(wanted)
    passed, direction = (">", "asc") if column == "scheduled_at" else ("<", "desc")
    cut = f"and (pub.{column}, pub.id) {passed} (:moment, :id)" if after else ""
    place = {"moment": after[0], "id": after[1]} if after else {}
    return await read(
        session,
        f"""
        {_PUBLICATION}
        where (cast(:status as text) is null or pub.status = :status)
            and (cast(:account_id as uuid) is null or pub.account_id = :account_id)
            and (cast(:since as timestamptz) is null or pub.scheduled_at >= :since)
            and (cast(:until as timestamptz) is null or pub.scheduled_at < :until) {cut}
        order by pub.{column} {direction}, pub.id {direction} limit :limit
        """,
        **asdict(wanted),
        limit=limit,
        **place,
    )


def place_of(row: Row, wanted: PublicationFilter) -> tuple[datetime, UUID]:
    """Where a row of `publications` stands in their order."""
    return row[_place_column(wanted)], row["id"]


def _place_column(wanted: PublicationFilter) -> str:
    return "scheduled_at" if wanted.status == "scheduled" else "created_at"


async def publication(session: AsyncSession, publication_id: UUID) -> Row | None:
    found = await read(session, f"{_PUBLICATION} where pub.id = :id", id=publication_id)
    return found[0] if found else None


async def attempts(session: AsyncSession, publication_id: UUID) -> list[Row]:
    """Every try at a publication, the first one first."""
    return await read(
        session,
        """
        select number, mode, created_at as started_at, finished_at, outcome, evidence from app.attempts
        where publication_id = :id order by number
        """,
        id=publication_id,
    )


async def publication_events(session: AsyncSession, publication_id: UUID) -> list[Row]:
    """What happened to a publication, the first event first."""
    return await read(
        session,
        """
        select type, payload - 'publication_id' as told, occurred_at as at from app.events
        where type like 'publication.%' and payload->>'publication_id' = :id order by id
        """,
        id=str(publication_id),
    )


async def workers(session: AsyncSession) -> list[Row]:
    """Publishing workers, with the age of their last beat in seconds, the youngest beat first."""
    return await read(
        session,
        """
        select name, started_at, beat_at, extract(epoch from now() - beat_at)::double precision as age
        from app.worker_heartbeats order by beat_at desc
        """,
    )


async def networks_away(session: AsyncSession) -> list[Row]:
    """Networks that workers leave alone for a while since nobody was there, and how much is due there meanwhile."""
    return await read(
        session,
        """
        select away.platform, max(away.until) as until, (
            select count(*) from app.publications pub join app.accounts a on a.id = pub.account_id
            where a.platform = away.platform and pub.status in ('scheduled', 'publishing')
                and pub.scheduled_at <= now()
        ) as due
        from app.networks_away away where away.until > now() group by away.platform order by away.platform
        """,
    )


async def outstanding(session: AsyncSession) -> Row:
    """What was due held against the ledger, by the moments that were meant and the database's clock.

    `oldest_due_seconds` is the age of what is due longest and has no end, None where there is nothing; `untouched`
    is due for over a minute and nobody has attempted it.
    """
    rows = await read(
        session,
        """
        select count(*) filter (where scheduled_at > now()) as planned,
            count(*) filter (where scheduled_at <= now()) as due,
            count(*) filter (where scheduled_at <= now() - interval '1 minute' and attempt = 0) as untouched,
            extract(epoch from now() - min(scheduled_at) filter (where scheduled_at <= now()))::double precision
                as oldest_due_seconds,
            (select count(*) from app.publications where status = 'needs_person') as needs_person
        from app.publications where status in ('scheduled', 'publishing')
        """,
    )
    return rows[0]


async def imports(session: AsyncSession, *, limit: int) -> list[Row]:
    """Imported files, the newest first."""
    return await read(
        session,
        """
        select id, filename, sha256, report, platform, understood, records, written, unchanged, quarantined,
            imported_at
        from app.file_imports order by imported_at desc, id limit :limit
        """,
        limit=limit,
    )


async def reports(session: AsyncSession, *, limit: int) -> list[Row]:
    """Reports that were made, the newest first."""
    return await read(session, f"{_REPORT} order by created_at desc, id limit :limit", limit=limit)


async def report(session: AsyncSession, report_id: UUID) -> Row | None:
    """With `path`, relative to the reports folder."""
    found = await read(session, f"{_REPORT} where id = :id", id=report_id)
    return found[0] if found else None


_REPORT = """
    select id, kind, format, period_start, period_end, observed_at, known_at, recorded_at, asked, path, size, sha256,
        created_at
    from app.reports
"""

_PUBLICATION = """
    select pub.id, pub.post_id, pub.account_id, a.platform, a.name as account_name,
        case when pub.variant ? 'text' then pub.variant->>'text' else p.text end as text,
        case when pub.variant ? 'title' then pub.variant->>'title' else p.title end as title,
        case when pub.variant ? 'link' then pub.variant->>'link' else p.link end as link,
        pub.status, pub.scheduled_at, pub.scheduled_local, pub.scheduled_zone, pub.assisted, pub.published_at,
        pub.external_id, pub.permalink, pub.problem, pub.attempt as attempts, pub.created_at,
        comment.status as first_comment, comment.problem as first_comment_problem
    from (select * from app.publications where scheduled_at is not null) pub
    join app.posts p on p.id = pub.post_id
    join app.accounts a on a.id = pub.account_id
    left join app.first_comments comment on comment.publication_id = pub.id
"""
