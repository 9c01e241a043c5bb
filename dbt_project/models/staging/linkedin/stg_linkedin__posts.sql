select
    -- ids
    workspace_id,
    account_id,
    external_id,
    media_id,

    -- strings
    kind as content_type,
    text,
    title,
    link,
    permalink,
    visibility,
    lifecycle_state,

    -- timestamps
    published_at,
    modified_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'linkedin_posts') }}
