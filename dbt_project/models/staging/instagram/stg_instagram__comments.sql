select
    -- ids
    workspace_id,
    account_id,
    external_id,
    post_external_id,
    parent_external_id,

    -- strings
    text,
    author as author_username,

    -- numerics
    likes,

    -- booleans
    hidden as is_hidden,

    -- timestamps
    published_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'instagram_comments') }}
