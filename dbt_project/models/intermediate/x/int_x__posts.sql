with posts as (
    {{ newest('stg_x__posts', ['account_id', 'external_id']) }}
)

select
    workspace_id,
    account_id,
    external_id,
    case
        when media_type = 'photo' then 'image'
        when media_type in ('video', 'animated_gif') then 'video'
        when link is not null then 'link'
        when coalesce(media_type, 'text') = 'text' then 'text'
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
