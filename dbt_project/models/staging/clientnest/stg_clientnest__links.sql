select
    -- ids
    workspace_id,
    id as link_id,
    publication_id,
    campaign_id,

    -- strings
    slug,
    destination,
    target,

    -- timestamps
    created_at
from {{ source('app', 'links') }}
