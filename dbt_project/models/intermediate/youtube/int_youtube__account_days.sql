with newest as (
    {{ newest('stg_youtube__account_metrics', ['account_id', 'as_of_date']) }}
),

days as (
    select
        workspace_id,
        account_id,
        as_of_date,
        {{ metric_columns(['views', 'likes', 'comments', 'shares']) }},
        followers_gained,
        followers_lost,
        observed_at
    from newest
)

select
    *,
    {{ engagements() }} as engagements,
    'daily' as basis,
    null::bigint as profile_visits,
    null::bigint as followers
from days
