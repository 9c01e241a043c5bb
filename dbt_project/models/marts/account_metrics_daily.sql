{{ config(kept_by_account(
    indexes=[{'columns': ['workspace_id', 'account_id', 'as_of_date'], 'unique': true}],
    post_hook=["{{ settled(this) }}"],
)) }}

{# The planner takes what a join of all this comes to for one row: each part is made by itself first. #}
{%- set apart = '' if past() else 'materialized ' %}
with offers as (
    {{ offers(['account_daily', 'post_daily']) }}
),

published as {{ apart }}(
    select
        posts.account_id,
        {{ network_date('posts.platform', 'posts.published_at') }} as as_of_date,
        count(*) as posts_published
    from {{ ref('int_posts') }} as posts
    where posts.published_at is not null and {{ account_in_scope('posts') }}
    group by posts.account_id, as_of_date
),

told as (
    select days.*
    from {{ ref('int_account_days') }} as days
    where {{ account_in_scope('days') }}
),

counters as (
    select counters.*
    from {{ ref('int_account_counters') }} as counters
    where {{ account_in_scope('counters') }}
),

days as {{ apart }}(
    select
        workspace_id,
        account_id,
        as_of_date,
        coalesce(days.basis, 'observed') as basis,
        case days.basis
            when 'daily' then 'account_metrics'
            when 'posts' then 'post_metrics_daily'
            else 'accounts'
        end as resource,
        {{ metric_columns() }},
        days.engagements,
        days.profile_visits,
        coalesce(days.followers, counters.followers) as followers,
        days.followers_gained,
        days.followers_lost,
        greatest(days.observed_at, counters.observed_at) as observed_at
    from told as days
    full join counters using (workspace_id, account_id, as_of_date)
)

select
    days.workspace_id,
    days.account_id,
    accounts.platform,
    days.as_of_date,
    {{ each_metric('days.{}') }},
    {{ why_unknown(
        'days',
        'offers',
        'days.as_of_date',
        'states.parked',
        "states.failing && array['account_metrics', 'accounts', 'post_metrics_daily']",
        "days.basis <> 'observed'"
    ) }} as why_unknown,
    days.engagements,
    days.profile_visits,
    days.followers,
    days.followers_gained,
    days.followers_lost,
    coalesce(published.posts_published, 0) as posts_published,
    days.basis,
    coalesce(days.as_of_date + coalesce(sheet.settles_after_days, 0) < clocks.today, false) as is_settled,
    days.observed_at
from days
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (account_id)
inner join {{ ref('int_account_states') }} as states using (account_id)
left join offers on accounts.platform = offers.platform
left join published using (account_id, as_of_date)
left join {{ ref('int_account_clocks') }} as clocks using (account_id, resource)
left join {{ ref('resources') }} as sheet
on accounts.platform = sheet.platform and days.resource = sheet.resource
