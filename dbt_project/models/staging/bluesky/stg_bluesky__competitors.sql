select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    username,
    name,
    description,
    picture_url,

    -- numerics
    followers,
    following,
    posts as posts_count,

    -- timestamps
    created_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'bluesky_competitors') }}
