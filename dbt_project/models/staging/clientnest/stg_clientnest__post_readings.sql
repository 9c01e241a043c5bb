select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    resource,

    -- timestamps
    read_at
from {{ source('app', 'post_readings') }}
