with posts as (
    {{ newest('stg_youtube__posts', ['account_id', 'external_id']) }}
)

select
    workspace_id,
    account_id,
    external_id,
    -- YouTube has no word for a Short: it is one where its author says so and it is short enough.
    case
        when duration_s <= 180 and concat_ws(' ', title, text) ilike '%#shorts%' then 'short'
        else 'video'
    end as kind,
    text,
    title,
    'https://www.youtube.com/watch?v=' || external_id as permalink,
    thumbnail_url,
    concat_ws(' ', title, text) as hashtag_text,
    published_at,
    observed_at
from posts
