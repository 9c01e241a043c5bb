with days as (
    {{ newest('stg_x__post_metrics_daily', ['account_id', 'external_id', 'as_of_date']) }}
)

select
    workspace_id,
    account_id,
    external_id,
    as_of_date,
    impressions,
    null::bigint as reach,
    null::bigint as views,
    null::bigint as reactions,
    likes,
    comments,
    reposts + quotes as shares,
    saves,
    clicks,
    profile_visits,
    observed_at
from days
