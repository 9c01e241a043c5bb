select
    -- ids
    workspace_id,
    account_id,
    external_id,

    -- strings
    kind as post_type,

    -- numerics
    impressions,
    reach,
    likes,
    comments,
    shares,
    consumptions,

    -- booleans
    paid as is_paid,

    -- timestamps
    published_at,

    -- lineage
    observed_at,
    loaded_at,
    row_hash,
    lake_path,
    lake_page,
    lake_record
from {{ source('raw', 'file_facebook_insights_posts') }}
