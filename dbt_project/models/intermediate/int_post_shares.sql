{{ config(kept('due_posts', indexes=[
    {'columns': ['workspace_id', 'post_key']},
    {'columns': ['account_id']},
])) }}

{#
    What a post had by some ages, of its final figures. A post is final when the network was asked about it when it was
    old enough; what was not seen to change since an observation stands until then.
#}
{% if not past() -%}
-- depends_on: {{ ref('int_curves_due') }}
{% endif -%}
with asked as (
    select
        posts.*,
        {{ asked_at('places', 'posts.confirmed_at') }} as asked_at
    from {{ ref('posts') }} as posts
    {% if not past() -%}
    inner join {{ ref('int_posts_due') }} using (workspace_id, post_key)
    {% endif -%}
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
)

select
    workspace_id,
    post_key,
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
