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
    permalink,

    -- numerics
    followers,
    following,
    likes,
    posts as posts_count,

    -- booleans
    verified as is_verified,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'tiktok_accounts') }}
