select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- numerics
    touches,
    modelled
from {{ source('raw', 'touched') }}
