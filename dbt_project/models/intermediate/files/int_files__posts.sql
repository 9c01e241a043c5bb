{# Posts that imported files tell of: one row per post, from the newest line about it. #}
with lines as (
    select
        workspace_id,
        account_id,
        external_id,
        post_type,
        null::text as text,
        null::text as title,
        null::text as hashtags,
        published_at,
        observed_at,
        loaded_at,
        lake_record
    from ({{ lines('stg_files__facebook_insights_posts') }}) as told

    union all

    select
        workspace_id,
        account_id,
        external_id,
        post_type,
        text,
        title,
        null as hashtags,
        published_at,
        observed_at,
        loaded_at,
        lake_record
    from ({{ lines('stg_files__facebook_posts_table') }}) as told

    union all

    select
        workspace_id,
        account_id,
        external_id,
        null as post_type,
        text,
        null as title,
        hashtags,
        published_at,
        observed_at,
        loaded_at,
        lake_record
    from ({{ lines('stg_files__instagram_insights') }}) as told

    union all

    select
        workspace_id,
        account_id,
        external_id,
        'video' as post_type,
        null as text,
        title,
        null as hashtags,
        published_at,
        observed_at,
        loaded_at,
        lake_record
    from ({{ lines('stg_files__youtube_trending') }}) as told
),

posts as (
    select distinct on (account_id, external_id) *
    from lines
    order by account_id, external_id, observed_at desc, loaded_at desc, lake_record desc
)

select
    workspace_id,
    account_id,
    external_id,
    case lower(post_type)
        when 'status' then 'text'
        when 'link' then 'link'
        when 'photo' then 'image'
        when 'video' then 'video'
        else 'unknown'
    end as kind,
    text,
    title,
    null::text as permalink,
    null::text as thumbnail_url,
    concat_ws(' ', title, text, hashtags) as hashtag_text,
    published_at,
    observed_at
from posts
