select
    -- ids
    workspace_id,
    account_id,

    -- strings
    sort as entity,
    number as entity_number,
    name,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'linkedin_demographics_names') }}
