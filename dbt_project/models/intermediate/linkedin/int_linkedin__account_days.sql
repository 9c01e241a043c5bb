{# A page tells its days in three answers, a profile one metric in each; an account is one of the two. #}
with of_pages as (
    {{ newest('stg_linkedin__account_metrics', ['account_id', 'as_of_date']) }}
),

told as (
    {{ newest('stg_linkedin__account_metrics_person', ['account_id', 'as_of_date', 'metric']) }}
),

statistics as (
    select
        workspace_id,
        account_id,
        as_of_date,
        impressions,
        reach,
        likes,
        comments,
        shares,
        clicks,
        observed_at
    from of_pages

    union all

    select
        workspace_id,
        account_id,
        as_of_date,
        {{ named('IMPRESSION') }} as impressions,
        null::bigint as reach,
        {{ named('REACTION') }} as likes,
        {{ named('COMMENT') }} as comments,
        {{ named('RESHARE') }} as shares,
        null::bigint as clicks,
        max(observed_at) as observed_at
    from told
    group by workspace_id, account_id, as_of_date
),

followers as (
    {{ newest('stg_linkedin__account_metrics_followers', ['account_id', 'as_of_date']) }}
),

visits as (
    {{ newest('stg_linkedin__account_metrics_views', ['account_id', 'as_of_date']) }}
),

days as (
    select
        workspace_id,
        account_id,
        as_of_date,
        {{ metric_columns(['impressions', 'reach', 'likes', 'comments', 'shares', 'clicks']) }},
        visits.page_views as profile_visits,
        -- A gain may be negative: LinkedIn tells the net change.
        followers.organic_followers_gained + coalesce(followers.paid_followers_gained, 0) as followers_gained,
        greatest(statistics.observed_at, followers.observed_at, visits.observed_at) as observed_at
    from statistics
    full join followers using (workspace_id, account_id, as_of_date)
    full join visits using (workspace_id, account_id, as_of_date)
)

select
    *,
    {{ engagements() }} as engagements,
    'daily' as basis,
    null::bigint as followers,
    null::bigint as followers_lost
from days
