select
    -- ids
    workspace_id,
    id as conversion_id,
    source_id,
    event_id,
    click_id,
    order_id,

    -- strings
    kind,
    currency,
    visitor,
    utm_source,
    utm_medium,
    utm_campaign,
    utm_content,

    -- numerics
    amount,

    -- timestamps
    occurred_at,
    received_at
from {{ source('app', 'conversions') }}
