select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    handle,
    username,
    name,
    permalink,
    description,
    category,

    -- numerics
    fan_count,
    followers,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'facebook_competitors') }}
