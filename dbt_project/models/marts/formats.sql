{{ config(kept('due_accounts', indexes=[
    {'columns': ['workspace_id', 'account_id', 'kind', 'period'], 'unique': true},
])) }}

with summed as (
    select
        workspace_id,
        account_id,
        platform,
        kind,
        period,
        min(period_start) as period_start,
        max(today) as period_end,
        count(*) as posts,
        {{ metric_sums() }},
        {{ each(medians(), 'percentile_cont(0.5) within group (order by {}) as median_{}') }},
        {{ rates_of_sums() }}
    from {{ ref('int_posts_by_period') }}
    {% if not past() -%}
    where account_id in (select due.account_id from {{ ref('int_accounts_due') }} as due)
    {% endif -%}
    group by workspace_id, account_id, platform, kind, period
),

named as (
    select
        *,
        {{ commonest_denominator() }} as engagement_rate_by
    from summed
)

select
    *,
    {{ rate_by('engagement_rate_by') }} as engagement_rate
from named
