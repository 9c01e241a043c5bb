select
    platform,
    workspace_id as signed_for,
    account_external_id,
    body ->> 'generatedActivity' as external_id,
    occurred_at,
    received_at
from {{ ref('stg_clientnest__inbound_events') }}
where platform = 'linkedin' and kind = 'COMMENT_DELETE'
