select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- numerics
    views,
    likes,
    comments,
    shares,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'tiktok_post_metrics') }}
