select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- numerics
    impressions,
    likes,
    comments,
    reposts,
    quotes,
    saves,
    clicks,
    profile_visits,

    -- dates
    as_of_date,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'x_post_metrics_daily') }}
