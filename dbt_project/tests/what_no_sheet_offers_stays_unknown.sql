-- A figure that a network's data sheet does not offer for posts is NULL on every post of a connected account.
with told as (
    select
        posts.platform,
        metric.name,
        count(metric.value) as posts_with_value
    from {{ ref('posts') }} as posts
    cross join
        lateral (
            values
            ('impressions', posts.impressions),
            ('reach', posts.reach),
            ('views', posts.views),
            ('reactions', posts.reactions),
            ('likes', posts.likes),
            ('comments', posts.comments),
            ('shares', posts.shares),
            ('saves', posts.saves),
            ('clicks', posts.clicks)
        ) as metric (name, value)
    where posts.source = 'api'
    group by posts.platform, metric.name
)

select told.*
from told
left join {{ ref('metric_support') }} as support
on
    told.platform = support.platform
    and told.name = support.metric
    and support.grain in ('post_lifetime', 'post_daily')
where told.posts_with_value > 0 and support.metric is null
