with posts as (
    {{ newest('stg_facebook__posts', ['account_id', 'external_id']) }}
)

select
    workspace_id,
    account_id,
    external_id,
    case
        when media_type = 'album' then 'carousel'
        when media_type like '%reel%' then 'reel'
        when media_type like 'video%' or status_type = 'added_video' then 'video'
        when media_type in ('photo', 'image') or status_type = 'added_photos' then 'image'
        when media_type in ('link', 'share') or status_type = 'shared_story' then 'link'
        when media_type is null and coalesce(status_type, 'mobile_status_update') = 'mobile_status_update' then 'text'
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
