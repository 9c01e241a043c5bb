select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- numerics
    views,
    likes,
    dislikes,
    comments,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'youtube_post_metrics') }}
