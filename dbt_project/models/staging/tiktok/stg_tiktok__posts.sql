select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    kind as media_type,
    text,
    title,
    permalink,
    thumbnail_url,

    -- numerics
    duration_s,

    -- booleans
    is_aigc,

    -- timestamps
    published_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'tiktok_posts') }}
