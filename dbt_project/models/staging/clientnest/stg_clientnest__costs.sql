select
    -- ids
    workspace_id,
    id as cost_id,
    campaign_id,
    account_id,
    post_external_id as external_id,
    external_key,

    -- strings
    kind,
    currency,
    note,

    -- numerics
    amount,
    hours,
    hourly_rate,
    impressions,
    clicks,
    conversions,

    -- dates
    incurred_on,
    until,

    -- timestamps
    created_at
from {{ source('app', 'costs') }}
