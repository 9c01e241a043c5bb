select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    text,
    hashtags,

    -- numerics
    impressions,
    likes,
    comments,
    shares,
    saves,
    profile_visits,

    -- timestamps
    published_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'file_instagram_insights') }}
