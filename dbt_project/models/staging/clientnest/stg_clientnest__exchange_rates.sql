select
    -- strings
    currency,
    source,

    -- numerics
    per_euro,

    -- dates
    day
from {{ source('app', 'exchange_rates') }}
