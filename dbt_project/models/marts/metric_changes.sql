{{ config(kept('by_post_and_account', indexes=[
    {'columns': ['workspace_id', 'changed_at']},
    {'columns': ['workspace_id', 'post_key']},
])) }}

with restated as (
    select
        workspace_id,
        account_id,
        platform,
        post_key,
        'post_day' as grain,
        metric,
        as_of_date,
        old_value,
        new_value,
        previous_observed_at,
        changed_at,
        why
    from {{ ref('int_post_day_changes') }}
    where why <> 'told'

    union all

    select
        workspace_id,
        account_id,
        platform,
        null as post_key,
        'account_day' as grain,
        metric,
        as_of_date,
        old_value,
        new_value,
        previous_observed_at,
        changed_at,
        why
    from {{ ref('int_account_day_changes') }}
    where why <> 'told'
),

-- What a counter was at the last moment that it was known, beside what it is.
counted as (
    select
        lifetime.workspace_id,
        lifetime.account_id,
        lifetime.platform,
        lifetime.post_key,
        told.metric,
        lifetime.as_of_date,
        lag(told.value) over moments as old_value,
        told.value as new_value,
        lag(lifetime.observed_at) over moments as previous_observed_at,
        lifetime.observed_at as changed_at
    from ({{ in_scope('post_lifetime') }}) as lifetime
    cross join lateral ({{ metric_rows('lifetime') }}) as told (metric, value)
    where told.value is not null and lifetime.source <> 'file'
    window moments as (
        partition by lifetime.workspace_id, lifetime.post_key, told.metric
        order by lifetime.observed_at
    )
),

deleted as (
    select
        posts.workspace_id,
        posts.account_id,
        posts.platform,
        posts.post_key,
        told.metric,
        {{ network_date('posts.platform', 'deletions.deleted_at') }} as as_of_date,
        told.value as old_value,
        posts.observed_at as previous_observed_at,
        deletions.deleted_at as changed_at
    from ({{ in_scope('int_posts') }}) as posts
    inner join {{ ref('int_post_deletions') }} as deletions using (account_id, external_id)
    cross join lateral ({{ metric_rows('posts') }}) as told (metric, value)
    where told.value is not null
)

select * from restated

union all

select
    workspace_id,
    account_id,
    platform,
    post_key,
    'post_lifetime' as grain,
    metric,
    as_of_date,
    old_value,
    new_value,
    previous_observed_at,
    changed_at,
    'fell' as why
from counted
where new_value < old_value

union all

select
    workspace_id,
    account_id,
    platform,
    post_key,
    'post_lifetime' as grain,
    metric,
    as_of_date,
    old_value,
    null as new_value,
    previous_observed_at,
    changed_at,
    'deleted' as why
from deleted
