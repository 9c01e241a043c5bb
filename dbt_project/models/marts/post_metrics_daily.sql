{{ config(kept_by_post(
    indexes=[
        {'columns': ['workspace_id', 'post_key', 'as_of_date'], 'unique': true},
        {'columns': ['workspace_id', 'as_of_date']},
    ],
    post_hook=["{{ settled(this) }}"],
)) }}

-- A network's own days are taken where it tells them; then nothing is added from differences.
with told as (
    select * from {{ ref('int_post_days') }}
),

days as (
    select
        told.workspace_id,
        told.post_key,
        told.account_id,
        told.platform,
        told.as_of_date,
        told.as_of_date::timestamp at time zone sheet.day_zone as interval_start,
        (told.as_of_date + 1)::timestamp at time zone sheet.day_zone as interval_end,
        'daily' as basis,
        'post_metrics_daily' as resource,
        {{ each_metric('told.{}') }},
        told.profile_visits,
        told.observed_at
    from told
    inner join {{ ref('platforms') }} as sheet using (platform)

    union all

    select
        changes.workspace_id,
        changes.post_key,
        changes.account_id,
        changes.platform,
        changes.as_of_date,
        coalesce(changes.observed_before_at, posts.published_at) as interval_start,
        changes.observed_at as interval_end,
        changes.basis,
        'post_metrics' as resource,
        {{ each_metric('changes.{}') }},
        null as profile_visits,
        changes.observed_at
    from {{ ref('int_post_changes') }} as changes
    inner join {{ ref('int_posts') }} as posts using (workspace_id, post_key)
    where not exists (
        select 1 from told
        where told.workspace_id = changes.workspace_id and told.post_key = changes.post_key
    )
)

select
    days.workspace_id,
    days.post_key,
    days.account_id,
    days.platform,
    days.as_of_date,
    days.interval_start,
    days.interval_end,
    days.basis,
    {{ each_metric('days.{}') }},
    days.profile_visits,
    coalesce(least({{ metrics() | join(', ') }}) < 0, false) as is_falling,
    -- A day is settled once the network no longer corrects it; an imported file corrects nothing.
    accounts.source = 'file'
    or coalesce(days.as_of_date + coalesce(sheet.settles_after_days, 0) < clocks.today, false) as is_settled,
    days.observed_at
from days
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
left join {{ ref('int_account_clocks') }} as clocks using (workspace_id, account_id, resource)
left join {{ ref('resources') }} as sheet
on days.platform = sheet.platform and days.resource = sheet.resource
