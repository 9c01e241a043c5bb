select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    name,
    username,
    account_type,
    description,
    website,
    picture_url,

    -- numerics
    followers,
    following,
    posts as posts_count,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'instagram_accounts') }}
