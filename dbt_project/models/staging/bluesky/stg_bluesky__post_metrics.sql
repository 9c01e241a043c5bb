select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- numerics
    likes,
    comments,
    reposts + quotes as shares,
    saves,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'bluesky_post_metrics') }}
