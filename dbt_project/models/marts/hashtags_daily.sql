{{ config(indexes=[
    {'columns': ['workspace_id', 'account_id', 'hashtag', 'published_date'], 'unique': true},
    {'columns': ['workspace_id', 'published_date']},
]) }}

with tagged as (
    select
        posts.*,
        tags.hashtag
    from {{ ref('posts') }} as posts
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
