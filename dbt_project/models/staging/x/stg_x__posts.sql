select
    -- ids
    workspace_id,
    account_id,
    external_id,
    conversation_id,

    -- strings
    kind as media_type,
    refers_as as reference_type,
    text,
    language,
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
from {{ source('raw', 'x_posts') }}
