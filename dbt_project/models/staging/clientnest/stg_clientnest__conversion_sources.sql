select
    -- ids
    workspace_id,
    id as source_id,

    -- strings
    kind,
    name,

    -- timestamps
    created_at,
    last_received_at
from {{ source('app', 'conversion_sources') }}
