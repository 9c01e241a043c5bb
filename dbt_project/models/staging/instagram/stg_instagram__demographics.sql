select
    -- ids
    workspace_id,
    account_id,

    -- strings
    dimension,
    value,

    -- numerics
    amount,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'instagram_demographics') }}
