select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    name,
    username,
    description,
    link,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'linkedin_accounts') }}
