select
    -- ids
    workspace_id,
    account_id,
    id as load_id,

    -- strings
    platform,
    resource,
    status,

    -- numerics
    written,
    quarantined,

    -- timestamps
    window_end,
    kept_at,
    observed_at,
    created_at as started_at,
    finished_at
from {{ source('app', 'loads') }}
