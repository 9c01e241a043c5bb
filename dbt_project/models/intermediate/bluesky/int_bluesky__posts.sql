with posts as (
    {{ newest('stg_bluesky__posts', ['account_id', 'external_id']) }}
)

select
    workspace_id,
    account_id,
    external_id,
    media_type as kind,
    text,
    null::text as title,
    permalink,
    thumbnail_url,
    null::text as hashtag_text,
    published_at,
    observed_at
from posts
