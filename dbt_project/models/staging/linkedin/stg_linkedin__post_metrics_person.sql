select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    metric,

    -- numerics
    amount as value,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'linkedin_post_metrics_person') }}
