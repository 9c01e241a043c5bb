select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    title,
    text,
    thumbnail_url,
    privacy_status,
    upload_status,

    -- numerics
    case
        when duration ~ '^P([0-9]+D)?(T([0-9]+H)?([0-9]+M)?([0-9]+S)?)?$' and duration ~ '[0-9]'
            then extract(epoch from duration::interval)::bigint
    end as duration_s,

    -- timestamps
    published_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'youtube_posts') }}
