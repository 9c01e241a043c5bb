with statistics as (
    {{ newest('stg_linkedin__account_metrics', ['account_id', 'as_of_date']) }}
),

followers as (
    {{ newest('stg_linkedin__account_metrics_followers', ['account_id', 'as_of_date']) }}
),

days as (
    select
        workspace_id,
        account_id,
        as_of_date,
        {{ metric_columns(['impressions', 'reach', 'likes', 'comments', 'shares', 'clicks']) }},
        -- A gain may be negative: LinkedIn tells the net change.
        followers.organic_followers_gained + coalesce(followers.paid_followers_gained, 0) as followers_gained,
        greatest(statistics.observed_at, followers.observed_at) as observed_at
    from statistics
    full join followers using (workspace_id, account_id, as_of_date)
)

select
    *,
    {{ engagements() }} as engagements,
    'daily' as basis,
    null::bigint as profile_visits,
    null::bigint as followers,
    null::bigint as followers_lost
from days
