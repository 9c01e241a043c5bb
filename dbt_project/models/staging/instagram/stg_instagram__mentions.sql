select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    kind as media_type,
    text,
    author as author_username,
    permalink,

    -- numerics
    likes,
    comments,

    -- timestamps
    published_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'instagram_mentions') }}
