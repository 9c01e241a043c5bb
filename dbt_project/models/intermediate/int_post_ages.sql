{{ config(kept_by_post(indexes=[{'columns': ['workspace_id', 'post_key']}])) }}

{#
    What stood at a post when it was nearest to some ages: the last observation up to the age and the first from it on.
    A row holds at least one of the two. Ages are hours since publishing.
#}
with seen as (
    select
        workspace_id,
        post_key,
        observed_at,
        impressions,
        views,
        {{ engagements() }} as engagements,
        {{ parts_known() }} as parts
    from ({{ in_scope('post_lifetime') }}) as lifetime
    where source = 'api'
),

aged as (
    select
        seen.workspace_id,
        posts.account_id,
        seen.post_key,
        told.metric,
        (extract(epoch from seen.observed_at - posts.published_at) / 3600)::double precision as age,
        told.figure::double precision as figure
    from seen
    inner join {{ ref('posts') }} as posts using (workspace_id, post_key)
    cross join
        lateral (
            values
            ('impressions', seen.impressions),
            ('views', seen.views),
            -- Engagements of fewer parts than the post has by now are not what it had then.
            ('engagements', case when seen.parts = {{ parts_known('posts.') }} then seen.engagements end)
        ) as told (metric, figure)
    where seen.observed_at >= posts.published_at and told.figure is not null
),

-- A pair orders by its first part, so the greatest is the last figure and the least the first.
enclosed as (
    select
        aged.workspace_id,
        aged.account_id,
        aged.post_key,
        aged.metric,
        ages.age_hours,
        max(array[aged.age, aged.figure]) filter (where aged.age <= ages.age_hours) as before,
        min(array[aged.age, aged.figure]) filter (where aged.age >= ages.age_hours) as after
    from aged
    cross join {{ ages() }}
    group by aged.workspace_id, aged.account_id, aged.post_key, aged.metric, ages.age_hours
)

select
    workspace_id,
    account_id,
    post_key,
    metric,
    age_hours,
    before[1] as before_age,
    before[2] as before_figure,
    after[1] as after_age,
    after[2] as after_figure
from enclosed
