select
    -- ids
    workspace_id,
    id as campaign_id,

    -- strings
    name,
    currency,

    -- numerics
    budget,

    -- dates
    starts_on,
    ends_on,

    -- timestamps
    created_at
from {{ source('app', 'campaigns') }}
