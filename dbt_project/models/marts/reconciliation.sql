{{ config(kept_by_post(indexes=[{'columns': ['workspace_id', 'post_key', 'metric'], 'unique': true}])) }}

-- What the days say of a post, as they stand.
with days as (
    select
        days.workspace_id,
        days.post_key,
        told.metric,
        sum(told.value) filter (where days.basis = 'first') as first_observed,
        sum(told.value) filter (where days.basis <> 'first') as daily_total,
        bool_or(days.basis = 'daily') as is_told
    from ({{ in_scope('post_metrics_daily') }}) as days
    cross join lateral ({{ metric_rows('days') }}) as told (metric, value)
    group by days.workspace_id, days.post_key, told.metric
),

-- The same days as they were first told, and what became of that.
told as (
    select
        workspace_id,
        post_key,
        metric,
        sum(coalesce(new_value, 0) - coalesce(old_value, 0)) filter (where why = 'told') as daily_total,
        sum(coalesce(new_value, 0) - coalesce(old_value, 0)) filter (where why = 'late') as late,
        sum(coalesce(new_value, 0) - coalesce(old_value, 0)) filter (where why = 'corrected') as corrected
    from {{ ref('int_post_day_changes') }}
    group by workspace_id, post_key, metric
),

posts as (
    select
        posts.workspace_id,
        posts.account_id,
        posts.platform,
        posts.post_key,
        known.metric,
        known.value as lifetime
    from ({{ in_scope('int_posts') }}) as posts
    cross join lateral ({{ metric_rows('posts') }}) as known (metric, value)
    where known.value is not null
),

bridged as (
    select
        posts.*,
        coalesce(days.first_observed, 0) as first_observed,
        coalesce(case when days.is_told then told.daily_total else days.daily_total end, 0) as daily_total,
        coalesce(told.late, 0) as late,
        coalesce(told.corrected, 0) as corrected,
        case when days.is_told then posts.lifetime - coalesce(days.daily_total, 0) else 0 end as not_told
    from posts
    left join days using (workspace_id, post_key, metric)
    left join told using (workspace_id, post_key, metric)
)

select
    workspace_id,
    account_id,
    platform,
    post_key,
    metric,
    lifetime,
    first_observed::bigint as first_observed,
    daily_total::bigint as daily_total,
    late::bigint as late,
    corrected::bigint as corrected,
    not_told::bigint as not_told,
    (lifetime - first_observed - daily_total - late - corrected - not_told)::bigint as unexplained
from bridged
