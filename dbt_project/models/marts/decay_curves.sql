{{ config(kept('due_curves', indexes=[
    {'columns': ['workspace_id', 'account_id', 'kind', 'metric', 'age_hours'], 'unique': true},
])) }}

{# How fast posts of a kind come to what they have in the end. #}
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
from {{ ref('int_post_shares') }}
{% if not past() -%}
where account_id in ({{ curves_due(ref('int_curves_due'), ref('int_post_shares'), ref('int_posts_due')) }})
{% endif -%}
group by workspace_id, account_id, platform, kind, metric, age_hours
