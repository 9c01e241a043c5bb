select
    -- ids
    workspace_id,
    id as followed_id,

    -- strings
    platform,
    handle,

    -- timestamps
    created_at
from {{ source('app', 'competitors') }}
