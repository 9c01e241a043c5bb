select
    -- ids
    workspace_id,
    account_id,

    -- strings
    metric,

    -- numerics
    value,

    -- timestamps
    end_time,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'instagram_account_metrics_new_followers') }}
