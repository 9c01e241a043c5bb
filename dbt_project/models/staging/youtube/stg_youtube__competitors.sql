select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    handle,
    username,
    name,
    description,
    picture_url,

    -- numerics
    followers,
    views,
    posts as posts_count,

    -- booleans
    followers_hidden as is_followers_hidden,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'youtube_competitors') }}
