select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    name,
    username,
    description,
    picture_url,
    country,

    -- numerics
    followers,
    views,
    posts as posts_count,

    -- booleans
    followers_hidden as has_hidden_followers,

    -- timestamps
    created_at as joined_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'youtube_accounts') }}
