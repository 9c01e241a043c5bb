select
    -- ids
    workspace_id,
    id as post_id,
    campaign_id,

    -- strings
    text,
    title,
    link,

    -- timestamps
    created_at
from {{ source('app', 'posts') }}
