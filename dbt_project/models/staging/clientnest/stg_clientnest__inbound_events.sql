select
    -- ids
    id as event_id,
    account_external_id,
    subject_external_id,
    signed_for as workspace_id,

    -- strings
    platform,
    kind,

    -- documents
    body,

    -- timestamps
    occurred_at,
    received_at
from {{ source('app', 'inbound_events') }}
