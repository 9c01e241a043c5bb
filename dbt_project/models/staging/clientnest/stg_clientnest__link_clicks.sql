select
    -- ids
    workspace_id,
    id as click_id,
    link_id,

    -- strings
    visitor,
    bot,
    referrer_host,

    -- timestamps
    clicked_at,
    created_at as received_at
from {{ source('app', 'link_clicks') }}
