select
    -- ids
    workspace_id,
    account_id,

    -- strings
    lower(metric) as metric,

    -- numerics
    value,

    -- dates
    -- Facebook dates a day by the midnight that ends it.
    {{ network_date("'facebook'", "(end_time - interval '1 second')") }} as as_of_date,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'facebook_account_metrics') }}
