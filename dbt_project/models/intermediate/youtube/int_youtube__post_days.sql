with days as (
    {{ newest('stg_youtube__post_metrics_daily', ['account_id', 'external_id', 'as_of_date']) }}
)

select
    workspace_id,
    account_id,
    external_id,
    as_of_date,
    {{ metric_columns(['views', 'likes', 'comments', 'shares']) }},
    null::bigint as profile_visits,
    observed_at
from days
