select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    name,
    username,
    category,
    description,
    permalink,
    picture_url,

    -- numerics
    fan_count as page_likes,
    followers,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'facebook_accounts') }}
