select
    -- ids
    workspace_id,
    account_id,

    -- strings
    resource,
    metric,
    reason,

    -- timestamps
    since,
    until
from {{ source('app', 'parked_metrics') }}
