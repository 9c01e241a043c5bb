with posts as (
    {{ newest('stg_linkedin__posts', ['account_id', 'external_id']) }}
)

select
    workspace_id,
    account_id,
    external_id,
    case content_type
        when 'text' then 'text'
        when 'reshare' then 'text'
        when 'poll' then 'text'
        when 'article' then 'link'
        when 'image' then 'image'
        when 'video' then 'video'
        when 'multiImage' then 'carousel'
        when 'document' then 'carousel'
        else 'unknown'
    end as kind,
    text,
    title,
    permalink,
    null::text as thumbnail_url,
    null::text as hashtag_text,
    published_at,
    observed_at
from posts
