select
    -- ids
    workspace_id,
    account_id,

    -- strings
    dimension as facet,
    value,

    -- numerics
    amount as organic_followers,
    paid_amount as paid_followers,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'linkedin_demographics') }}
