select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    post_id as post_external_id,
    parent_id as parent_external_id,
    author_id as author_external_id,
    text,

    -- numerics
    likes,

    -- timestamps
    created_at as published_at,
    modified_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'linkedin_comments') }}
