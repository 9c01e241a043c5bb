"""Posts one by one.

What ClientNest published is listed from the moment it was asked for: until a network shows the post, its row comes
from the ledger, with no figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.marts.period import METRICS, SELECTED, Selection
from clientnest.marts.rows import Row, modelled, read

SORTS = ("published_at", "engagements", "engagement_rate", "score", *METRICS)

_METRICS = ", ".join(METRICS)
_MODELLED = f"""
    select post_key, account_id, platform, account_name, external_id, kind, text, title, permalink, thumbnail_url,
        published_at, null::timestamptz as scheduled_at, published_at as shown_at, hashtags, origin,
        cast(publication_id as text) as publication_id, {_METRICS}, engagements, engagement_rate, engagement_rate_by,
        observed_at, score, score_basis, score_n, source, 'published' as status, null::text as problem
    from marts.posts
"""
_UNKNOWN = ", ".join(f"null::bigint as {metric}" for metric in METRICS)
_LEDGER = f"""
    select cast(pub.id as text) as post_key, pub.account_id, a.platform, a.name as account_name, pub.external_id,
        case when m.content_type like 'image/%' then 'image' when m.content_type like 'video/%' then 'video'
            when p.link is not null then 'link' else 'text' end as kind,
        p.text, p.title, pub.permalink, null::text as thumbnail_url, pub.published_at, pub.scheduled_at,
        coalesce(pub.published_at, pub.scheduled_at) as shown_at, cast('{{}}' as text[]) as hashtags,
        'clientnest' as origin, cast(pub.id as text) as publication_id, {_UNKNOWN}, null::bigint as engagements,
        null::double precision as engagement_rate, null::text as engagement_rate_by, null::timestamptz as observed_at,
        null::double precision as score, null::text as score_basis, null::int as score_n, 'api' as source,
        pub.status, pub.problem
    from app.publications pub
    join app.posts p on p.id = pub.post_id
    join app.accounts a on a.id = pub.account_id
    left join app.media m on m.id = p.media_id
"""
_NOT_SHOWN_YET = """
    where not exists (select from marts.posts s where cast(s.publication_id as text) = cast(pub.id as text))
        and not exists (select from marts.posts s
            where s.account_id = pub.account_id and s.external_id = pub.external_id)
"""


@dataclass(frozen=True, slots=True)
class PostFilter:
    """`since` is included, `until` is not; a post whose time is unknown is in no span. `query` is looked for in
    text and title as it stands."""

    selection: Selection = field(default_factory=Selection)
    since: datetime | None = None
    until: datetime | None = None
    kinds: Sequence[str] = ()
    origins: Sequence[str] = ()
    query: str | None = None


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a page begins: just after the row with this sort value (None: unknown) and key."""

    value: Any
    post_key: str


async def posts(
    session: AsyncSession,
    wanted: PostFilter,
    *,
    sort: str = "published_at",
    order: Literal["asc", "desc"] = "desc",
    after: Cut | None = None,
    limit: int,
) -> list[Row]:
    """Posts in order, unknown values last; `sort_value` is what the next page's cut needs."""
    column = {"published_at": "shown_at"}.get(sort, sort)
    if sort not in SORTS:
        raise ValueError(f"posts are not sorted by {sort}")
    kind = {"published_at": "timestamptz", "score": "double precision", "engagement_rate": "double precision"}
    place = f"cast(:after_value as {kind.get(sort, 'bigint')})"
    beyond = "true"
    if after is not None and after.value is None:
        beyond = f"{column} is null and post_key > :after_key"
    elif after is not None:
        further = "<" if order == "desc" else ">"
        beyond = f"({column} is null or {column} {further} {place} or {column} = {place} and post_key > :after_key)"
    return await read(
        session,
        f"""
        select *, {column} as sort_value from ({await _listed(session)}) listed
        where {_CONDITIONS} and {SELECTED} and {beyond}
        order by {column} {order} nulls last, post_key limit :limit
        """,
        since=wanted.since,
        until=wanted.until,
        kinds=list(wanted.kinds),
        origins=list(wanted.origins),
        pattern=_pattern(wanted.query),
        limit=limit,
        **({"after_key": after.post_key} if after else {}),
        **({"after_value": after.value} if after and after.value is not None else {}),
        **wanted.selection.parameters,
    )


async def post(session: AsyncSession, post_key: str) -> Row | None:
    found = await read(
        session, f"select * from ({await _listed(session)}) listed where post_key = :post_key", post_key=post_key
    )
    return found[0] if found else None


async def observations(session: AsyncSession, post_key: str, *, limit: int = 500) -> list[Row]:
    """The newest observations of a post, oldest first, each with the lake file, page and record it came from."""
    if not await modelled(session):
        return []
    rows = await read(
        session,
        f"""
        select as_of_date, observed_at, {_METRICS}, source, lake_path, lake_page, lake_record
        from marts.post_observations where post_key = :post_key order by observed_at desc limit :limit
        """,
        post_key=post_key,
        limit=limit,
    )
    return rows[::-1]


_CONDITIONS = """
    (cast(:since as timestamptz) is null or shown_at >= cast(:since as timestamptz))
    and (cast(:until as timestamptz) is null or shown_at < cast(:until as timestamptz))
    and (cardinality(cast(:kinds as text[])) = 0 or kind = any(cast(:kinds as text[])))
    and (cardinality(cast(:origins as text[])) = 0 or origin = any(cast(:origins as text[])))
    and (cast(:pattern as text) is null or text ilike :pattern or title ilike :pattern)
"""


async def _listed(session: AsyncSession) -> str:
    if await modelled(session):
        return f"{_MODELLED} union all {_LEDGER} {_NOT_SHOWN_YET}"
    return _LEDGER


def _pattern(query: str | None) -> str | None:
    if not query:
        return None
    escaped = query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
