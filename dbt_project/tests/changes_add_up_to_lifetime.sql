-- What changed on a post day by day adds up to its lifetime figure, to the unit.
with summed as (
    select
        workspace_id,
        post_key,
        {{ each_metric('sum({})') }}
    from ({{ in_scope('post_metrics_daily') }}) as days
    where basis in ('first', 'difference')
    group by workspace_id, post_key
)

select posts.post_key
from {{ ref('posts') }} as posts
inner join summed using (workspace_id, post_key)
where
    {{ any_metric('posts.{} <> summed.{}') }}
