select
    -- strings
    currency,
    source,

    -- numerics
    per_euro,

    -- dates
    day
from {{ source('earnings', 'exchange_rates') }}
