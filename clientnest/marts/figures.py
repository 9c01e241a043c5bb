"""Sums: over the posts published in a period, over account days, and followers.

A `<metric>_known` beside a sum counts the posts whose value is known, so that the reader can say what a total
leaves out. A sum over nothing known is None.
"""

from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.marts.period import CONNECTED, METRICS, SELECTED, Period, Selection
from clientnest.marts.rows import Row, read
from clientnest.marts.unknown import STATUSES

_SUMS = ",\n".join(
    f"sum({metric})::bigint as {metric}, count({metric}) as {metric}_known" for metric in (*METRICS, "engagements")
)
_RATE = """
    (sum(engagements) filter (where rate_base > 0))::double precision
        / sum(rate_base) filter (where rate_base > 0 and engagements is not null) as engagement_rate,
    array_agg(distinct engagement_rate_by) filter (where rate_base > 0 and engagements is not null)
        as engagement_rate_by,
    count(*) filter (where rate_base > 0 and engagements is not null) as engagement_rate_known,
""" + ",\n".join(
    f"(sum(engagements) filter (where {base} > 0))::double precision"
    f" / sum({base}) filter (where {base} > 0 and engagements is not null) as engagement_rate_by_{base}"
    for base in ("reach", "impressions", "views", "followers")
)
_PUBLISHED = f"""
    select *,
        case engagement_rate_by when 'reach' then reach when 'impressions' then impressions when 'views' then views end
            as rate_base
    from marts.posts
    where published_date between :since and :until and {SELECTED}
"""
_GROUPS = {"total": "()", "platform": "(platform)", "day": "(published_date)"}


async def post_sums(
    session: AsyncSession, period: Period, selection: Selection, by: Literal["total", "platform", "day"]
) -> list[Row]:
    """Lifetime figures of the posts published in the period: one row in all, per network, or per day of publication.

    `engagement_rate` is sum(engagements) / sum(denominator) over the posts where both are known, a share of 1;
    `engagement_rate_by` lists which denominators (reach, impressions, views) went into it. The rates by one
    denominator are such sums over the posts where that one is known.
    """
    keys = {"total": "", "platform": "platform,", "day": "published_date,"}[by]
    return await read(
        session,
        f"""
        with published as ({_PUBLISHED})
        select {keys} count(*) as posts, count(*) as posts_known, count(distinct account_id) as accounts,
            {_SUMS}, {_RATE}
        from published group by grouping sets ({_GROUPS[by]}) order by {keys} 1
        """,
        since=period.since,
        until=period.until,
        **selection.parameters,
    )


async def unknown(session: AsyncSession, period: Period, selection: Selection) -> list[Row]:
    """How many posts of the period lack a metric, by network, metric and status."""
    return await read(
        session,
        f"""
        select platform, why.metric, why.status, count(*) as posts
        from marts.posts cross join lateral jsonb_each_text(why_unknown) as why (metric, status)
        where published_date between :since and :until and {SELECTED}
        group by platform, why.metric, why.status order by platform, why.metric, why.status
        """,
        since=period.since,
        until=period.until,
        **selection.parameters,
    )


async def account_sums(
    session: AsyncSession,
    period: Period,
    selection: Selection,
    *,
    after: tuple[str, str, str] | None,
    limit: int,
) -> list[Row]:
    """Every account with the lifetime figures of its posts of the period, by network, name and id.

    `after` are those three of the last row that was seen.
    """
    place = {"after_platform": "", "after_name": "", "after_id": "00000000-0000-0000-0000-000000000000"}
    if after:
        place = dict(zip(place, after, strict=True))
    return await read(
        session,
        f"""
        with published as ({_PUBLISHED}),
        sums as (
            select account_id as owner_id, count(*) as posts, {_SUMS}, {_RATE} from published group by account_id
        ),
        chosen as (
            select * from marts.accounts
            where {SELECTED}
                and (platform, name, account_id) > (:after_platform, :after_name, cast(:after_id as uuid))
        )
        select chosen.account_id, chosen.platform, chosen.name, chosen.username, chosen.source, chosen.status,
            chosen.followers, chosen.followers_observed_at, chosen.first_post_at, chosen.last_observed_at, sums.*
        from chosen left join sums on sums.owner_id = chosen.account_id
        order by chosen.platform, chosen.name, chosen.account_id limit :limit
        """,
        since=period.since,
        until=period.until,
        limit=limit,
        **place,
        **selection.parameters,
    )


_LAST_FOLLOWERS = """
    select distinct on (account_id) account_id, followers from marts.account_metrics_daily
    where {condition} and followers is not null order by account_id, as_of_date desc
"""


async def followers(session: AsyncSession, selection: Selection, period: Period) -> list[Row]:
    """Per network, and with platform None in all: `followers` on the last day of the period and `previous` on the
    day before it.

    The last known number up to that day counts. `latest` is the newest known whatever the day. A number is None
    unless it is known for every account that has a `latest`, so that two moments compare the same accounts.
    """
    return await read(
        session,
        f"""
        with chosen as (
            select account_id, platform, followers as latest, followers_observed_at from marts.accounts where {SELECTED}
        ),
        at_end as ({_LAST_FOLLOWERS.format(condition="as_of_date <= :until")}),
        at_start as ({_LAST_FOLLOWERS.format(condition="as_of_date < :since")}),
        known as (
            select chosen.*, at_end.followers as now, at_start.followers as before
            from chosen left join at_end using (account_id) left join at_start using (account_id)
        )
        select platform, count(*) as accounts, count(latest) as accounts_known, sum(latest)::bigint as latest,
            case when count(now) filter (where latest is not null) = count(latest) then sum(now)::bigint end
                as followers,
            case when count(before) filter (where latest is not null) = count(latest) then sum(before)::bigint end
                as previous,
            max(followers_observed_at) as observed_at
        from known group by grouping sets ((platform), ()) order by platform
        """,
        since=period.since,
        until=period.until,
        **selection.parameters,
    )


async def follower_days(session: AsyncSession, period: Period, selection: Selection) -> list[Row]:
    """Followers of all accounts per day; None where one that is counted by now was not counted that day."""
    return await read(
        session,
        f"""
        with counted as (select count(followers) as accounts from marts.accounts where {SELECTED})
        select as_of_date,
            case when count(*) = (select accounts from counted) then sum(followers)::bigint end as followers
        from marts.account_metrics_daily
        where as_of_date between :since and :until and followers is not null and {SELECTED}
        group by as_of_date order by as_of_date
        """,
        since=period.since,
        until=period.until,
        **selection.parameters,
    )


async def history_starts(session: AsyncSession, selection: Selection) -> list[Row]:
    """Per network: `first_date`, the UTC day of its first known post, and whether it was `observed` at all."""
    return await read(
        session,
        f"""
        select platform, (min(first_post_at) at time zone 'UTC')::date as first_date,
            bool_or(last_observed_at is not null) as observed
        from marts.accounts where {SELECTED} group by platform order by platform
        """,
        **selection.parameters,
    )


_SOONEST = f"array[{', '.join(repr(status) for status in STATUSES)}]"
_DAY_METRICS = (*METRICS, "engagements", "followers", "followers_gained", "posts_published")
_STARTS = ",\n".join(f"min(as_of_date) filter (where {metric} is not null) as {metric}_from" for metric in _DAY_METRICS)
_EXPECTED = ",\n".join(
    f"count(*) filter (where {metric}_from <= dates.as_of_date) as {metric}" for metric in _DAY_METRICS
)
_WHOLE = ",\n".join(
    f"case when count({m}) filter (where live) >= coalesce(max(expected_{m}), 0) then sum({m})::bigint end as {m}"
    for m in _DAY_METRICS
)


async def account_days(session: AsyncSession, period: Period, selection: Selection) -> list[Row]:
    """Per day and network: the sums of the account days.

    A sum is None where a connected account that has had the metric before lacks it that day: a total over a gap is
    a gap. Accounts that are known from files only have days when a file tells of them, and make no gaps.
    `why_unknown` has, for metrics that an account lacks, the status that may change soonest.
    """
    expected = ", ".join(f"expected.{metric} as expected_{metric}" for metric in _DAY_METRICS)
    return await read(
        session,
        f"""
        with chosen as (
            select d.*, a.live
            from marts.account_metrics_daily d
            join (select account_id, {CONNECTED} as live from marts.accounts) a using (account_id)
            where as_of_date between :since and :until and {SELECTED}
        ),
        starts as (select platform, account_id, {_STARTS} from chosen where live group by platform, account_id),
        dates as (select distinct platform, as_of_date from chosen),
        expected as (
            select dates.platform, dates.as_of_date, {_EXPECTED}
            from dates join starts using (platform) group by dates.platform, dates.as_of_date
        ),
        joined as (
            select chosen.*, {expected} from chosen left join expected using (platform, as_of_date)
        ),
        reasons as (
            select platform, as_of_date, jsonb_object_agg(metric, status) as why_unknown
            from (
                select distinct on (platform, as_of_date, why.metric) platform, as_of_date, why.metric, why.status
                from chosen cross join lateral jsonb_each_text(why_unknown) as why (metric, status)
                order by platform, as_of_date, why.metric, array_position({_SOONEST}, why.status)
            ) as soonest
            group by platform, as_of_date
        ),
        sums as (
            select as_of_date, platform, count(*) as accounts, {_WHOLE},
                bool_and(is_settled) as is_settled, max(observed_at) as observed_at
            from joined group by as_of_date, platform
        )
        select sums.*, coalesce(reasons.why_unknown, '{{}}'::jsonb) as why_unknown
        from sums left join reasons using (platform, as_of_date) order by as_of_date, platform
        """,
        since=period.since,
        until=period.until,
        **selection.connection,
        **selection.parameters,
    )
