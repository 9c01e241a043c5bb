select
    -- ids
    workspace_id,
    account_id,
    external_id,
    post_external_id,
    parent_external_id,
    author_external_id,

    -- strings
    reason,
    author_username,
    author_name,
    text,

    -- timestamps
    published_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'bluesky_comments') }}
