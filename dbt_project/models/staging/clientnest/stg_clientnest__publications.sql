select
    -- ids
    workspace_id,
    account_id,
    id as publication_id,
    post_id,
    external_id,

    -- strings
    status,
    permalink,
    scheduled_zone,
    problem,

    -- numerics
    attempt as attempts,

    -- timestamps
    created_at,
    scheduled_at,
    published_at
from {{ source('app', 'publications') }}
-- A draft is no publication yet.
where scheduled_at is not null
