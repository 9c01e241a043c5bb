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
    link,

    -- numerics
    followers,
    following,
    posts as posts_count,

    -- booleans
    verified as is_verified,

    -- timestamps
    created_at as joined_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'x_accounts') }}
