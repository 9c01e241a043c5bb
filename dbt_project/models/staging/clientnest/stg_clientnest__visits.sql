select
    -- ids
    workspace_id,
    id as visit_id,
    source_id,
    event_id,
    click_id,

    -- strings
    visitor,
    utm_source,
    utm_medium,
    utm_campaign,
    utm_content,
    landing_path,

    -- timestamps
    visited_at,
    received_at
from {{ source('app', 'visits') }}
