with days as (
    {{ newest(ref('stg_youtube__post_metrics_daily'), ['account_id', 'external_id', 'as_of_date']) }}
)

select
    workspace_id,
    account_id,
    external_id,
    as_of_date,
    {{ metric_columns(['views', 'likes', 'comments', 'shares']) }},
    observed_at
from days
