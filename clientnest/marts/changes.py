"""What became of figures after they were first told: changes, the bridge between totals, a report then and now."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.marts.moment import Moment, point
from clientnest.marts.period import METRICS, SELECTED, Period, Selection
from clientnest.marts.rows import Row, read


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """`since` is included, `until` is not: when the change was seen, by the network's clock."""

    selection: Selection = field(default_factory=Selection)
    since: datetime | None = None
    until: datetime | None = None
    metrics: Sequence[str] = ()
    reasons: Sequence[str] = ()
    grains: Sequence[str] = ()
    post_key: str | None = None


async def changes(
    session: AsyncSession, wanted: ChangeFilter, *, after: tuple[datetime, str] | None = None, limit: int
) -> list[Row]:
    """Corrections, late arrivals, falls and deletions, the newest first; `key` tells those of one moment apart.

    `after` are changed_at and key of the last row that was seen.
    """
    beyond = "and (changed_at, key) < (:after_at, :after_key)" if after else ""
    place = {"after_at": after[0], "after_key": after[1]} if after else {}
    return await read(
        session,
        f"""
        with keyed as (
            select *, concat_ws('/', account_id, post_key, grain, metric, as_of_date) as key
            from marts.metric_changes where {SELECTED} and {_CONDITIONS}
        ),
        shown as (select * from keyed where true {beyond} order by changed_at desc, key desc limit :limit)
        select shown.*, a.name as account_name, p.title, p.text
        from shown
        left join marts.accounts a using (account_id)
        left join marts.posts p on p.post_key = shown.post_key
        order by shown.changed_at desc, shown.key desc
        """,
        since=wanted.since,
        until=wanted.until,
        metrics=list(wanted.metrics),
        reasons=list(wanted.reasons),
        grains=list(wanted.grains),
        post_key=wanted.post_key,
        limit=limit,
        **place,
        **wanted.selection.parameters,
    )


_CONDITIONS = """
    (cast(:since as timestamptz) is null or changed_at >= cast(:since as timestamptz))
    and (cast(:until as timestamptz) is null or changed_at < cast(:until as timestamptz))
    and (cardinality(cast(:metrics as text[])) = 0 or metric = any(cast(:metrics as text[])))
    and (cardinality(cast(:reasons as text[])) = 0 or why = any(cast(:reasons as text[])))
    and (cardinality(cast(:grains as text[])) = 0 or grain = any(cast(:grains as text[])))
    and (cast(:post_key as text) is null or post_key = :post_key)
"""
_PARTS = ("lifetime", "first_observed", "daily_total", "late", "corrected", "not_told", "unexplained")


async def reconciliation(
    session: AsyncSession, selection: Selection, *, metrics: Sequence[str] = (), post_key: str | None = None
) -> list[Row]:
    """Per network and metric, over all posts or one: lifetime = first_observed + daily_total + late + corrected +
    not_told, and what stays unexplained, which is 0. Parts of posts whose figure is unknown are in none of them."""
    sums = ", ".join(f"sum({part})::bigint as {part}" for part in _PARTS)
    return await read(
        session,
        f"""
        select platform, metric, count(*) as posts, {sums}
        from marts.reconciliation
        where {SELECTED} and (cardinality(cast(:metrics as text[])) = 0 or metric = any(cast(:metrics as text[])))
            and (cast(:post_key as text) is null or post_key = :post_key)
        group by platform, metric order by platform, metric
        """,
        metrics=list(metrics),
        post_key=post_key,
        **selection.parameters,
    )


_FIGURES = (*METRICS, "engagements")
_VALUES = ", ".join(f"('{metric}', {metric})" for metric in _FIGURES)
_OF_PERIOD = f"""
    select post_key, account_id, platform, title, text, deleted_at, metric, value
    from {{marts}}.posts cross join lateral (values {_VALUES}) as told (metric, value)
    where published_date between :since and :until and {SELECTED}
"""


async def since_then(
    session: AsyncSession,
    moment: Moment,
    period: Period,
    selection: Selection,
    *,
    after: Sequence[str] | None = None,
    limit: int,
) -> list[Row]:
    """Figures of the period's posts that differ from what they were at that moment: value then, value now, and why.

    `why` is `new` for a post that was not known, `deleted` for one that is gone since (one row, under the metric
    `post`), what `changes` says of the last change of the figure, else `grew`. Raises NotReady.
    """
    await point(session, moment)
    beyond = "where (post_key, metric) > (:after_post, :after_metric)" if after else ""
    place = {"after_post": after[0], "after_metric": after[1]} if after else {}
    return await read(
        session,
        f"""
        with before as materialized ({_OF_PERIOD.format(marts="known")}),
        now as materialized ({_OF_PERIOD.format(marts="marts")}),
        differing as (
            select post_key, metric, before.value as old, now.value as new, before.post_key is null as is_new
            from before full join now using (post_key, metric)
            where before.value is distinct from now.value
            union all
            select distinct post_key, 'post', null::bigint, null::bigint, false
            from before join now using (post_key)
            where before.deleted_at is null and now.deleted_at is not null
        ),
        posts as (
            select distinct on (post_key) post_key, account_id, platform, title, text
            from (select *, 1 as place from now union all select *, 2 from before) told order by post_key, place
        ),
        shown as (select * from differing {beyond} order by post_key, metric limit :limit)
        select shown.post_key, posts.account_id, posts.platform, posts.title, posts.text, shown.metric, shown.old,
            shown.new, case when shown.metric = 'post' then 'deleted' when shown.is_new then 'new'
                else coalesce(last.why, 'grew') end as why
        from shown join posts using (post_key)
        left join lateral (
            select why from marts.metric_changes c
            where c.post_key = shown.post_key and c.metric = shown.metric and c.grain = 'post_lifetime'
            order by changed_at desc limit 1
        ) last on true
        order by shown.post_key, shown.metric
        """,
        since=period.since,
        until=period.until,
        limit=limit,
        **place,
        **selection.parameters,
    )
