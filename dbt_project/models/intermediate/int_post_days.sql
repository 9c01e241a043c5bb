{# Days of posts as the networks count them. #}
with days as (
    {{ stacked(
        ['int_x__post_days', 'int_youtube__post_days'],
        ['workspace_id', 'account_id', 'external_id', 'as_of_date'] + metrics() + ['profile_visits', 'observed_at'],
    ) }}
)

select
    days.workspace_id,
    {{ post_key('days.') }} as post_key,
    days.account_id,
    accounts.platform,
    days.external_id,
    days.as_of_date,
    {{ metric_columns() }},
    days.profile_visits,
    days.observed_at
from days
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
