{{ config(indexes=[{'columns': ['workspace_id', 'account_id', 'kind', 'metric', 'age_hours'], 'unique': true}]) }}

{#
    Posts that are final: the network was asked about them when they were old enough. What was not seen to change since
    an observation stands until then.
#}
with asked as (
    select
        posts.*,
        {{ asked_at('places', 'posts.confirmed_at') }} as asked_at
    from {{ ref('posts') }} as posts
    inner join {{ ref('int_posts') }} as places using (workspace_id, post_key)
    where posts.source = 'api' and posts.published_at is not null
),

final as (
    select
        asked.workspace_id,
        asked.post_key,
        asked.account_id,
        asked.platform,
        asked.kind,
        told.metric,
        told.final_figure,
        (extract(epoch from asked.asked_at - asked.published_at) / 3600)::double precision as asked_age
    from asked
    cross join
        lateral (
            values
            ('impressions', asked.impressions),
            ('views', asked.views),
            ('engagements', asked.engagements)
        ) as told (metric, final_figure)
    where
        told.final_figure > 0
        and asked.asked_at >= asked.published_at + interval '{{ final_from_hours() }} hours'
),

shares as (
    select
        workspace_id,
        account_id,
        platform,
        kind,
        metric,
        age_hours,
        {{ figure_at_age() }} / final_figure as share
    from (
        select
            final.*,
            ages.age_hours,
            ages.before_age,
            ages.before_figure,
            coalesce(ages.after_age, final.asked_age) as after_age,
            coalesce(ages.after_figure, final.final_figure) as after_figure
        from final
        inner join {{ ref('int_post_ages') }} as ages using (workspace_id, post_key, metric)
    ) as enclosed
)

select
    workspace_id,
    account_id,
    platform,
    kind,
    metric,
    age_hours,
    count(*) as posts,
    count(share) as posts_seen,
    percentile_cont(0.25) within group (order by share) as lower_quartile,
    percentile_cont(0.5) within group (order by share) as median,
    percentile_cont(0.75) within group (order by share) as upper_quartile
from shares
group by workspace_id, account_id, platform, kind, metric, age_hours
