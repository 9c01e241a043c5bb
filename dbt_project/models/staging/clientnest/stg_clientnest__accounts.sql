select
    -- ids
    workspace_id,
    id as account_id,
    external_id,

    -- strings
    platform,
    name,
    username,
    source,
    status,

    -- timestamps
    connected_at
from {{ source('app', 'accounts') }}
