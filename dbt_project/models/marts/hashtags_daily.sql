{{ config(kept('due_hashtag_days', indexes=[
    {'columns': ['workspace_id', 'account_id', 'hashtag', 'published_date'], 'unique': true},
    {'columns': ['workspace_id', 'account_id', 'published_date']},
    {'columns': ['workspace_id', 'published_date']},
])) }}

with tagged as (
    select
        posts.*,
        tags.hashtag
    from {{ ref('posts') }} as posts
    {% if not past() -%}
    inner join {{ ref('int_hashtag_days_due') }} as due
    on
        posts.workspace_id = due.workspace_id
        and posts.account_id = due.account_id
        and posts.published_at >= due.published_date::timestamp at time zone 'UTC'
        and posts.published_at < (due.published_date + 1)::timestamp at time zone 'UTC'
    {% endif -%}
    cross join lateral unnest(posts.hashtags) as tags (hashtag)
    where posts.published_date is not null
)

select
    workspace_id,
    account_id,
    platform,
    hashtag,
    published_date,
    count(*) as posts,
    {{ metric_sums() }},
    {{ rate_sums() }}
from tagged
group by workspace_id, account_id, platform, hashtag, published_date
