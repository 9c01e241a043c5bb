with posts as (
    {{ newest('stg_tiktok__posts', ['account_id', 'external_id']) }}
)

select
    workspace_id,
    account_id,
    external_id,
    case media_type
        when 'video' then 'video'
        -- TikTok's photo posts are slides, also when there is only one.
        when 'photo' then 'carousel'
        else 'unknown'
    end as kind,
    text,
    title,
    permalink,
    thumbnail_url,
    null::text as hashtag_text,
    published_at,
    observed_at
from posts
