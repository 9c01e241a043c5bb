"""What the brand can learn: formats, how fast posts gather, hashtags, what is usual, competitors, what compares."""

from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.marts.period import METRICS, SELECTED, Period, Selection
from clientnest.marts.rows import Row, read

Span = Literal["90_days", "365_days", "all"]

_COUNTS = (*METRICS, "engagements")
_MEDIANS = ("impressions", "reach", "views", "engagements")
_FORMAT_FIGURES = ", ".join(
    [*(f"f.{metric}, f.{metric}_known" for metric in _COUNTS), *(f"f.median_{metric}" for metric in _MEDIANS)]
)
_BASES = ("reach", "impressions", "views", "followers")


async def formats(session: AsyncSession, selection: Selection, span: Span) -> list[Row]:
    """Per account and kind of post: sums, medians and rates of the posts published in the span."""
    rates = ", ".join(f"f.engagement_rate_by_{base}, f.rated_by_{base}" for base in _BASES)
    return await read(
        session,
        f"""
        select f.account_id, f.platform, a.name as account_name, f.kind, f.period_start, f.period_end, f.posts,
            {_FORMAT_FIGURES}, {rates}, f.engagement_rate, f.engagement_rate_by
        from marts.formats f join (select account_id, name from marts.accounts) a using (account_id)
        where f.period = :span and {SELECTED}
        order by f.platform, a.name, f.account_id, f.posts desc, f.kind
        """,
        span=span,
        **selection.parameters,
    )


async def decay(session: AsyncSession, selection: Selection, metric: str) -> list[Row]:
    """Per account, kind and age: which share of its final figure a post had by then."""
    return await read(
        session,
        f"""
        select d.account_id, d.platform, a.name as account_name, d.kind, d.age_hours, d.posts, d.posts_seen,
            d.lower_quartile, d.median, d.upper_quartile
        from marts.decay_curves d join (select account_id, name from marts.accounts) a using (account_id)
        where d.metric = :metric and {SELECTED}
        order by d.platform, a.name, d.account_id, d.kind, d.age_hours
        """,
        metric=metric,
        **selection.parameters,
    )


async def hashtags(session: AsyncSession, period: Period, selection: Selection, *, limit: int) -> list[Row]:
    """Hashtags of the posts published in the period, the most used first, with sums and rates of those posts."""
    sums = ", ".join(f"sum({metric})::bigint as {metric}" for metric in _COUNTS)
    rates = ", ".join(
        f"sum(engagements_with_{base})::double precision / nullif(sum({base}_with_engagements), 0)"
        f" as engagement_rate_by_{base}"
        for base in _BASES
    )
    return await read(
        session,
        f"""
        select hashtag, sum(posts)::bigint as posts, array_agg(distinct platform order by platform) as platforms,
            {sums}, {rates}
        from marts.hashtags_daily
        where published_date between :since and :until and {SELECTED}
        group by hashtag order by posts desc, hashtag limit :limit
        """,
        since=period.since,
        until=period.until,
        limit=limit,
        **selection.parameters,
    )


async def benchmarks(session: AsyncSession, selection: Selection, span: Span) -> list[Row]:
    """What is usual: quartiles over the posts of an account, a format, a network, a competitor."""
    return await read(
        session,
        """
        select b.basis, b.platform, b.account_id, a.name as account_name, b.kind, b.competitor_id,
            coalesce(c.name, b.competitor_id) as competitor, b.metric, b.denominator, b.posts, b.lower_quartile,
            b.median, b.upper_quartile
        from marts.benchmarks b
        left join (select account_id, name from marts.accounts) a using (account_id)
        left join (
            select distinct on (platform, competitor_id) platform, competitor_id, name
            from marts.competitors_daily order by platform, competitor_id, as_of_date desc
        ) c using (platform, competitor_id)
        where b.period = :span
            and (cardinality(cast(:platforms as text[])) = 0 or platform = any(cast(:platforms as text[])))
            and (cardinality(cast(:account_ids as uuid[])) = 0 or b.account_id is null
                or b.account_id = any(cast(:account_ids as uuid[])))
        order by platform, b.basis, a.name, b.kind, competitor, b.metric, b.denominator
        """,
        span=span,
        **selection.parameters,
    )


async def competitors(session: AsyncSession, period: Period, selection: Selection) -> list[Row]:
    """Every competitor on its newest day in the period, and how it grew since the first day in it that is known."""
    return await read(
        session,
        """
        with days as (
            select * from marts.competitors_daily
            where as_of_date between :since and :until
                and (cardinality(cast(:platforms as text[])) = 0 or platform = any(cast(:platforms as text[])))
        ),
        first as (
            select distinct on (platform, competitor_id) platform, competitor_id, as_of_date as since,
                followers as followers_before, posts_count as posts_before
            from days order by platform, competitor_id, as_of_date
        )
        select distinct on (platform, competitor_id) platform, competitor_id, handle, name, followers, following,
            posts_count, views, followers - followers_before as followers_growth,
            posts_count - posts_before as posts_growth, since, as_of_date, observed_at
        from days join first using (platform, competitor_id)
        order by platform, competitor_id, as_of_date desc
        """,
        since=period.since,
        until=period.until,
        platforms=list(selection.platforms),
    )


async def comparable(session: AsyncSession, selection: Selection) -> list[Row]:
    """Per metric of posts: whether every chosen network offers it, and which do not."""
    return await read(
        session,
        """
        select metric, bool_and(is_offered) as is_comparable,
            coalesce(array_agg(platform order by platform) filter (where not is_offered), '{}') as lacking
        from marts.comparable_metrics
        where grain = 'post_lifetime' and metric <> 'followers'
            and (cardinality(cast(:platforms as text[])) = 0 or platform = any(cast(:platforms as text[])))
            and (cardinality(cast(:account_ids as uuid[])) = 0 or platform in (
                select platform from marts.accounts where account_id = any(cast(:account_ids as uuid[]))))
        group by metric order by metric
        """,
        **selection.parameters,
    )


async def coverage(session: AsyncSession, selection: Selection) -> list[Row]:
    """Per network and metric of posts: the day from which it is known on every account that has told it."""
    return await read(
        session,
        f"""
        select platform, metric, max(first_date) as first_date
        from marts.metric_coverage where grain = 'post' and {SELECTED} group by platform, metric
        """,
        **selection.parameters,
    )
