select
    platform,
    workspace_id as signed_for,
    account_external_id,
    body ->> 'post_id' as external_id,
    occurred_at,
    received_at
from {{ ref('stg_clientnest__inbound_events') }}
where
    platform = 'facebook'
    and kind = 'feed'
    and body ->> 'item' in ('post', 'status', 'photo', 'video', 'share')
    and body ->> 'verb' = 'remove'
