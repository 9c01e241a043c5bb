"""Money out and money in over a span of days, by post, campaign, network or account, under a model of attribution.

A conversion counts on the UTC day on which it happened, a click on its own, a cost on the day on which it begins. The
formulas are those of `returns` in `dbt_project/macros/earnings.sql`, taken over these days; a test holds the two
together. `part` says what a row is: a `group`; `elsewhere`, what has no such group (such as the cost of a campaign
where posts are asked for); `unattributed`, what no touchpoint led to; or the `total` of all of these. Only groups and
the total have a return.
"""

from typing import Literal, get_args

from sqlalchemy.ext.asyncio import AsyncSession

from clientnest.marts.period import SELECTED, Period, Selection
from clientnest.marts.rows import Row, read

Model = Literal["last_touch", "first_touch", "linear", "time_decay", "position"]
By = Literal["post", "campaign", "platform", "account"]
MODELS: tuple[Model, ...] = get_args(Model)

_KEYS = {"post": "post_key", "campaign": "campaign_id::text", "platform": "platform", "account": "account_id::text"}
# What each group is called, and whether anybody counts its clicks, visits and conversions.
_NAMES = {
    "post": "select post_key as key, coalesce(title, text) as name, platform, kind from marts.posts",
    "campaign": "select campaign_id::text as key, name, null as platform, null as kind from marts.campaigns",
    "platform": "select distinct platform as key, platform as name, platform, null as kind from marts.accounts",
    "account": "select account_id::text as key, name, platform, null as kind from marts.accounts",
}
_COUNTED = {
    "post": "select post_key as key, * from marts.roi_posts",
    "campaign": "select campaign_id::text as key, * from marts.roi_campaigns",
    "platform": "select p.platform as key, r.* from marts.roi_posts r join marts.posts p using (post_key)",
    "account": "select p.account_id::text as key, r.* from marts.roi_posts r join marts.posts p using (post_key)",
}
_PARTS = """
    touched as (
        select {key} as key, 'group' as part,
            count(*) filter (where kind in ('click', 'visit')) as clicks,
            count(*) filter (where kind = 'visit') as visits
        from marts.touchpoints where touched_date between :since and :until and {selected} group by 1
    ),
    credited as (
        select {key} as key, case when touchpoint_id is null then 'unattributed' else 'group' end as part,
            sum(share) filter (where not is_refund) as conversions, sum(share) filter (where is_refund) as refunds,
            sum(revenue) as revenue,
            count(*) filter (where revenue_status = 'not_yet' and share > 0) as without_rate,
            sum(share) filter (where not is_refund and touchpoint_kind <> 'conversion') as clicked_conversions,
            sum(revenue) filter (where touchpoint_kind <> 'conversion') as clicked_revenue,
            sum(revenue ^ 2) filter (where touchpoint_kind <> 'conversion') as clicked_squares
        from marts.attribution
        where model = :model and converted_date between :since and :until and {selected} group by 1, 2
    ),
    spent as (
        select {key} as key, 'group' as part, count(*) as costs, count(cost) as costs_known, sum(cost) as cost
        from marts.costs where incurred_on between :since and :until and {selected} group by 1
    ),
    counted as (
        select key, sum(links) as links, bool_or(clicks is not null) as has_clicks,
            bool_or(visits is not null) as has_visits, bool_or(conversions is not null) as has_conversions
        from ({counted}) as r where model = :model group by key
    ),
    parts as (
        select key, part, clicks, visits, costs, costs_known, cost, conversions, refunds, revenue, without_rate,
            clicked_conversions, clicked_revenue, clicked_squares
        from touched full join spent using (key, part) full join credited using (key, part)
    )
"""
# NULL is no key to join by: a word that no key can be stands for it.
_NOWHERE = "coalesce({key}, '-')"
_SUMS = """
    summed as (
        select key,
            case when grouping(key) = 1 then 'total' when key = '-' and part = 'group' then 'elsewhere' else part end
                as part,
            coalesce(sum(clicks), 0) as clicks, coalesce(sum(visits), 0) as visits,
            coalesce(sum(costs), 0) as costs,
            case when sum(costs) = sum(costs_known) then sum(cost) end as cost,
            coalesce(sum(conversions), 0) as conversions, coalesce(sum(refunds), 0) as refunds,
            coalesce(sum(revenue), 0) as revenue, coalesce(sum(without_rate), 0) as without_rate,
            coalesce(sum(clicked_conversions), 0) as clicked_conversions,
            coalesce(sum(clicked_revenue), 0) as clicked_revenue, coalesce(sum(clicked_squares), 0) as clicked_squares
        from parts group by grouping sets ((key, part), ())
    ),
    telling as (
        select coalesce(bool_or(has_clicks), false) as clicks, coalesce(bool_or(has_visits), false) as visits,
            coalesce(bool_or(has_conversions), false) or exists (select 1 from marts.conversions) as conversions
        from counted
    ),
    known as (
        select summed.*, coalesce(counted.links, 0) as links,
            case when part = 'group' then coalesce(has_clicks, summed.clicks > 0) else telling.clicks end as has_clicks,
            case when part = 'group' then coalesce(has_visits, summed.visits > 0) else telling.visits end as has_visits,
            case when part = 'group' then coalesce(has_conversions, summed.conversions > 0) else telling.conversions end
                as has_conversions
        from summed left join counted using (key) cross join telling
    ),
    measured as (
        select key, part, links, costs, cost, without_rate,
            case when has_clicks then clicks end as clicks, case when has_visits then visits end as visits,
            case when has_conversions then conversions end as conversions,
            case when has_conversions then refunds end as refunds,
            case when has_conversions and without_rate = 0 then revenue end as revenue,
            case when has_conversions and has_clicks then clicked_conversions end as k,
            case when has_conversions and has_clicks and without_rate = 0 then clicked_revenue end as r,
            case when has_conversions and has_clicks and without_rate = 0 then clicked_squares end as s
        from known
    )
"""
# Wilson's interval of a share, and that of a mean per click whose logarithm is taken as normal.
_MIDDLE = "(k / clicks + 1.959964 ^ 2 / (2 * clicks))"
_HALF = "1.959964 * sqrt(greatest(k / clicks * (1 - k / clicks), 0) / clicks + (1.959964 / (2 * clicks)) ^ 2)"
_WIDTH = "1.959964 * sqrt(greatest(s - r ^ 2 / clicks, 0) / (clicks - 1) * clicks) / r"


def _wilson(sign: str) -> str:
    return (
        f"case when clicks > 0 and k between 0 and clicks then ({_MIDDLE} {sign} {_HALF})"
        " / (1 + 1.959964 ^ 2 / clicks) end"
    )


def _around_mean(sign: str) -> str:
    return f"case when r > 0 and clicks > 1 and k >= 5 then r / clicks * exp({sign} {_WIDTH}) end"


_RATES = f"""
    rated as (
        select *, {_wilson("-")} as conversion_rate_low, {_wilson("+")} as conversion_rate_high,
            {_around_mean("-")} as revenue_per_click_low, {_around_mean("+")} as revenue_per_click_high
        from measured
    )
    select nullif(rated.key, '-') as key, part, names.name, names.platform, names.kind, links::bigint, costs::bigint,
        without_rate::bigint, clicks::bigint, visits::bigint, conversions, refunds, revenue, cost,
        revenue - cost as profit,
        case when part in ('group', 'total') then ((revenue - cost) / nullif(cost, 0))::double precision end as roi,
        ((revenue_per_click_low * clicks + (revenue - r) - cost) / nullif(cost, 0))::double precision as roi_low,
        ((revenue_per_click_high * clicks + (revenue - r) - cost) / nullif(cost, 0))::double precision as roi_high,
        case when part in ('group', 'total') then (revenue / nullif(cost, 0))::double precision end as roas,
        (cost / nullif(clicks, 0))::double precision as cost_per_click,
        cost::double precision / nullif(conversions, 0) as cost_per_conversion,
        k / nullif(clicks, 0)::double precision as conversion_rate,
        conversion_rate_low::double precision, conversion_rate_high::double precision,
        (r / nullif(clicks, 0))::double precision as revenue_per_click,
        revenue_per_click_low::double precision, revenue_per_click_high::double precision
    from rated left join names using (key)
    order by part = 'total' desc, part, revenue desc nulls last, cost desc nulls last, rated.key
"""


async def returns(session: AsyncSession, period: Period, selection: Selection, model: Model, by: By) -> list[Row]:
    """The `total` first, then each group with anything of these days, the highest revenue first; None is unknown.

    Money is Decimal, in the workspace's currency. `costs` counts the costs entered, `without_rate` the conversions
    that have no exchange rate; `links` those that lead from the group.
    """
    places = {"key": _NOWHERE.format(key=_KEYS[by]), "selected": SELECTED, "counted": _COUNTED[by]}
    query = f"with names as ({_NAMES[by]}), {_PARTS.format(**places)}, {_SUMS}, {_RATES}"
    return await read(session, query, since=period.since, until=period.until, model=model, **selection.parameters)


async def credit(session: AsyncSession, period: Period, selection: Selection, by: By) -> list[Row]:
    """Per group and model: `revenue`, `conversions`, `model_version`; the same parts as `returns`."""
    return await read(
        session,
        f"""
        with names as ({_NAMES[by]}),
        credited as (
            select {_NOWHERE.format(key=_KEYS[by])} as key, model, max(model_version) as model_version,
                case when touchpoint_id is null then 'unattributed' when {_KEYS[by]} is null then 'elsewhere'
                    else 'group' end as part,
                sum(share) filter (where not is_refund) as conversions, sum(revenue) as revenue,
                count(*) filter (where revenue_status = 'not_yet' and share > 0) as without_rate
            from marts.attribution
            where converted_date between :since and :until and {SELECTED} group by 1, 2, 4
        ),
        summed as (
            select key, model, max(model_version) as model_version,
                case when grouping(key) = 1 then 'total' else part end as part,
                coalesce(sum(conversions), 0) as conversions, sum(without_rate)::bigint as without_rate,
                case when sum(without_rate) = 0 then coalesce(sum(revenue), 0) end as revenue
            from credited group by grouping sets ((key, part, model), (model))
        )
        select nullif(summed.key, '-') as key, part, names.name, names.platform, names.kind, model, model_version,
            conversions, revenue, without_rate
        from summed left join names using (key)
        order by part = 'total' desc, part, max(revenue) over (partition by part, summed.key) desc nulls last,
            summed.key, model
        """,
        since=period.since,
        until=period.until,
        **selection.parameters,
    )


async def terms(session: AsyncSession) -> Row:
    """What the workspace counts in and how it gives credit: `currency`, `attribution_days`, `half_life_days`."""
    rows = await read(
        session,
        """
        select currency, attribution_days, attribution_half_life_days as half_life_days
        from app.workspaces where id = (select app.current_workspace())
        """,
    )
    return rows[0]
