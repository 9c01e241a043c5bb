select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    title,
    region,

    -- numerics
    views,
    likes,
    dislikes,
    comments,

    -- dates
    as_of_date,

    -- timestamps
    published_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'file_youtube_trending') }}
