select
    platform,
    workspace_id as signed_for,
    account_external_id,
    subject_external_id as external_id,
    occurred_at,
    received_at
from {{ ref('stg_clientnest__inbound_events') }}
where
    platform = 'youtube'
    and kind = 'video.deleted'
