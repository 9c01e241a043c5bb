select
    -- ids
    workspace_id,
    account_id,

    -- numerics
    impressions,
    reach,
    likes,
    comments,
    shares,
    clicks,

    -- dates
    as_of_date,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'linkedin_account_metrics') }}
