{{ config(kept('due_posts', indexes=[
    {'columns': ['workspace_id', 'post_key'], 'unique': true},
    {'columns': ['workspace_id', 'published_at']},
    {'columns': ['workspace_id', 'account_id', 'published_at']},
])) }}

with offers as (
    {{ offers(['post_lifetime']) }}
),

posts as (
    select
        posts.*,
        context.account_name,
        context.publication_id,
        context.campaign_id,
        context.confirmed_at,
        context.followers,
        context.deleted_at,
        states.parked,
        states.failing && array['post_metrics', 'post_metrics_insights', 'post_metrics_daily'] as is_failing,
        {{ asked_at('posts', 'context.confirmed_at') }} as asked_at
    from {{ ref('int_posts') }} as posts
    {% if not past() -%}
    inner join {{ ref('int_posts_due') }} using (workspace_id, post_key)
    {% endif -%}
    inner join {{ ref('int_post_context') }} as context using (workspace_id, post_key)
    inner join {{ ref('int_account_states') }} as states
    on posts.workspace_id = states.workspace_id and posts.account_id = states.account_id
)

select
    posts.workspace_id,
    posts.post_key,
    posts.account_id,
    posts.platform,
    posts.account_name,
    posts.external_id,
    posts.kind,
    posts.text,
    posts.title,
    posts.permalink,
    posts.thumbnail_url,
    posts.published_at,
    (posts.published_at at time zone 'UTC')::date as published_date,
    extract(hour from posts.published_at at time zone 'UTC')::int as published_hour,
    extract(isodow from posts.published_at at time zone 'UTC')::int as published_weekday,
    posts.hashtags,
    case
        when posts.publication_id is not null then 'clientnest'
        when posts.source = 'file' then 'file'
        else 'network'
    end as origin,
    posts.publication_id,
    posts.campaign_id,
    {{ each_metric('posts.{}') }},
    {{ why_unknown(
        'posts',
        'offers',
        "(coalesce(posts.asked_at, posts.observed_at) at time zone 'UTC')::date",
        'posts.parked',
        'posts.is_failing',
        "coalesce(posts.asked_at >= posts.published_at + make_interval(days => sheet.lag_days), posts.asked_at is not null)",
        "posts.published_at < coalesce(posts.asked_at, posts.observed_at) - make_interval(days => sheet.history_days)"
    ) }} as why_unknown,
    posts.followers,
    posts.engagements,
    {{ engagement_rates('posts') }},
    posts.observed_at,
    posts.confirmed_at,
    posts.deleted_at,
    posts.source
from posts
left join offers using (platform)
left join {{ ref('platforms') }} as sheet using (platform)
