{{ config(indexes=[
    {'columns': ['workspace_id', 'post_key', 'as_of_date'], 'unique': true},
    {'columns': ['workspace_id', 'as_of_date']},
]) }}

-- A network's own days are taken where it tells them; then nothing is added from differences.
with days as (
    select
        workspace_id,
        post_key,
        account_id,
        platform,
        as_of_date,
        {{ network_midnight('platform', 'as_of_date') }} as interval_start,
        {{ network_midnight('platform', 'as_of_date + 1') }} as interval_end,
        'daily' as basis,
        'post_metrics_daily' as resource,
        {{ metric_columns() }},
        observed_at
    from {{ ref('int_post_days') }}

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
        changes.observed_at
    from {{ ref('int_post_changes') }} as changes
    inner join {{ ref('int_posts') }} as posts using (workspace_id, post_key)
    where not exists (
        select 1 from {{ ref('int_post_days') }} as told
        where told.post_key = changes.post_key
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
    {{ metric_columns() }},
    coalesce(least({{ metrics() | join(', ') }}) < 0, false) as is_falling,
    -- A day is settled once the network no longer corrects it; an imported file corrects nothing.
    coalesce(days.as_of_date + coalesce(sheet.settles_after_days, 0) < clocks.today, true) as is_settled,
    days.observed_at
from days
left join {{ ref('int_account_clocks') }} as clocks using (workspace_id, account_id, resource)
left join {{ ref('resources') }} as sheet
on days.platform = sheet.platform and days.resource = sheet.resource
