select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    permalink,
    metric,

    -- numerics
    value,

    -- timestamps
    published_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'facebook_stories') }}
