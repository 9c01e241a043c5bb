{{ config(kept('due_networks', indexes=[{'columns': ['workspace_id', 'basis', 'period']}])) }}

{#
    What is usual: quartiles over posts. Competitors tell likes and comments alone, so `public_engagements` are those
    two on our side as well; a rate keeps its denominator in its row.
#}
with summed as (
    select
        workspace_id,
        platform,
        account_id,
        kind,
        period,
        case grouping(account_id, kind)
            when 0 then 'account_format'
            when 1 then 'account'
            when 2 then 'network_format'
            else 'network'
        end as basis,
        {{ each(
            benched(),
            'percentile_cont(array[0.25, 0.5, 0.75]) within group (order by {}) as {}, count({}) as {}_known'
        ) }}
    from (
        select
            *,
            coalesce(reactions, likes) + comments as public_engagements
        from {{ ref('int_posts_by_period') }}
        where
            period <> 'all'
            {% if not past() -%}
            and {{ network_due() }}
            {% endif %}
    ) as posts
    group by workspace_id, platform, period, grouping sets ((), (kind), (account_id), (account_id, kind))
),

ours as (
    select
        summed.workspace_id,
        summed.basis,
        summed.platform,
        summed.account_id,
        summed.kind,
        null::text as competitor_id,
        summed.period,
        told.*
    from summed
    cross join
        lateral (
            values
            ('engagements', null, summed.engagements_known, summed.engagements),
            ('public_engagements', null, summed.public_engagements_known, summed.public_engagements),
            {{ each(
                denominators(),
                "('engagement_rate', '{}', summed.engagement_rate_by_{}_known, summed.engagement_rate_by_{})"
            ) }}
        ) as told (metric, denominator, posts, quartiles)
    where told.posts > 0
),

clocks as (
    select
        workspace_id,
        platform,
        max(today) as today
    from {{ ref('int_account_clocks') }}
    group by workspace_id, platform
),

-- Two accounts of a brand may look up the same competitor: the later answer counts.
seen as (
    select distinct on (workspace_id, platform, competitor_id, external_id) *
    from {{ ref('int_competitor_posts') }}
    where
        public_engagements is not null
        {% if not past() -%}
        and {{ network_due() }}
        {% endif %}
    order by workspace_id, platform, competitor_id, external_id, observed_at desc, account_id
),

theirs as (
    select
        seen.workspace_id,
        'competitor' as basis,
        seen.platform,
        null::uuid as account_id,
        null::text as kind,
        seen.competitor_id,
        periods.period,
        'public_engagements' as metric,
        null::text as denominator,
        count(*) as posts,
        percentile_cont(array[0.25, 0.5, 0.75]) within group (order by seen.public_engagements) as quartiles
    from seen
    left join clocks using (workspace_id, platform)
    inner join {{ periods() }}
    on seen.published_date > clocks.today - periods.days
    group by seen.workspace_id, seen.platform, seen.competitor_id, periods.period
),

both_sides as (
    select * from ours
    union all
    select * from theirs
)

select
    workspace_id,
    basis,
    platform,
    account_id,
    kind,
    competitor_id,
    period,
    metric,
    denominator,
    posts,
    quartiles[1] as lower_quartile,
    quartiles[2] as median,
    quartiles[3] as upper_quartile
from both_sides
