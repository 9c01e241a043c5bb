{{ config(kept_by_post(indexes=[{'columns': ['workspace_id', 'post_key']}])) }}

{#
    What stood at a post when it was nearest to some ages: the last observation up to the age and the first from it on.
    A row holds at least one of the two. Ages are hours since publishing. One pass over the observations of a post finds
    all of it: a row for each of them and each age would be sorted first, which is most of the time over long histories.
#}
{%- set figures = ['impressions', 'views', 'engagements'] %}
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
        (extract(epoch from seen.observed_at - posts.published_at) / 3600)::double precision as age,
        seen.impressions::double precision as impressions,
        seen.views::double precision as views,
        -- Engagements of fewer parts than the post has by now are not what it had then.
        case when seen.parts = {{ parts_known('posts.') }} then seen.engagements end::double precision as engagements
    from seen
    inner join {{ ref('posts') }} as posts using (workspace_id, post_key)
    where seen.observed_at >= posts.published_at
),

-- A pair orders by its first part, so the greatest is the last figure and the least the first.
enclosed as (
    select
        workspace_id,
        account_id,
        post_key,
        {{ enclosing(figures) }}
    from aged
    group by workspace_id, account_id, post_key
)

select
    enclosed.workspace_id,
    enclosed.account_id,
    enclosed.post_key,
    told.metric,
    told.age_hours,
    told.before[1] as before_age,
    told.before[2] as before_figure,
    told.after[1] as after_age,
    told.after[2] as after_figure
from enclosed
cross join
    lateral (
        values {{ enclosed_by(figures) }}
    ) as told (metric, age_hours, before, after)
where told.before is not null or told.after is not null
