select
    -- ids
    workspace_id,
    account_id,

    -- strings
    dimension,
    value,
    unit,

    -- numerics
    amount,

    -- dates
    start_date,
    end_date,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'youtube_demographics') }}
