select
    -- ids
    workspace_id,
    account_id,

    -- numerics
    views,
    likes,
    comments,
    shares,
    estimated_minutes_watched,
    followers_gained,
    followers_lost,

    -- dates
    as_of_date,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'youtube_account_metrics') }}
