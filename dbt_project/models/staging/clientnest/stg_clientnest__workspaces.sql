select
    -- ids
    id as workspace_id,
    organization_id,

    -- strings
    name,
    timezone,
    currency,

    -- numerics
    attribution_days,
    attribution_half_life_days,

    -- timestamps
    created_at
from {{ source('app', 'workspaces') }}
