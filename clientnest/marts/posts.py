"""Posts one by one.

What ClientNest published is listed from the moment it was asked for: until a network shows the post, its row comes
from the ledger, with no figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.marts.listed import listed
from clientnest.marts.period import METRICS, SELECTED, Selection
from clientnest.marts.rows import Row, modelled, read

SORTS = ("published_at", "engagements", "engagement_rate", "score", *METRICS)

_METRICS = ", ".join(METRICS)


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
    rows, parameters = await listed(session)
    return await read(
        session,
        f"""
        select *, {column} as sort_value from ({rows}) listed
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
        **parameters,
        **wanted.selection.parameters,
    )


async def post(session: AsyncSession, post_key: str) -> Row | None:
    rows, parameters = await listed(session)
    found = await read(
        session, f"select * from ({rows}) listed where post_key = :post_key", post_key=post_key, **parameters
    )
    return found[0] if found else None


async def posts_of(session: AsyncSession, publication_ids: Sequence[UUID]) -> list[Row]:
    """Those of publications, in no order."""
    rows, parameters = await listed(session)
    return await read(
        session,
        f"select * from ({rows}) listed where publication_id = any(cast(:publication_ids as text[]))",
        publication_ids=[str(id_) for id_ in publication_ids],
        **parameters,
    )


async def observations(session: AsyncSession, post_key: str, *, limit: int = 500) -> list[Row]:
    """The newest observations of a post, oldest first, each with the lake file, page and record it came from."""
    if not await modelled(session):
        return []
    rows = await read(
        session,
        f"""
        select as_of_date, observed_at, {_METRICS}, source, lake_path, lake_page, lake_record
        from marts.post_lifetime where post_key = :post_key order by observed_at desc limit :limit
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


def _pattern(query: str | None) -> str | None:
    if not query:
        return None
    escaped = query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
