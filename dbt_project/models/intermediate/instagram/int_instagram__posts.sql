with posts as (
    {{ newest('stg_instagram__posts', ['account_id', 'external_id']) }}
)

select
    workspace_id,
    account_id,
    external_id,
    case media_type
        when 'IMAGE' then 'image'
        when 'VIDEO' then 'video'
        when 'CAROUSEL_ALBUM' then 'carousel'
        when 'REELS' then 'reel'
        when 'STORY' then 'story'
        else 'unknown'
    end as kind,
    text,
    null::text as title,
    permalink,
    thumbnail_url,
    null::text as hashtag_text,
    published_at,
    observed_at
from posts
