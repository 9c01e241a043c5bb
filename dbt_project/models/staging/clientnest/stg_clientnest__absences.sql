select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- flags
    absent,

    -- timestamps
    observed_at,
    loaded_at
from {{ source('raw', 'absences') }}
