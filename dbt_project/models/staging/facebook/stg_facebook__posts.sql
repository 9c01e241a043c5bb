select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    kind as status_type,
    media_type,
    text,
    title,
    link,
    permalink,
    thumbnail_url,

    -- timestamps
    published_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'facebook_posts') }}
