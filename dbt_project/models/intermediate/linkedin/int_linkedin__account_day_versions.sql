{# Every answer of LinkedIn about a day of the account that brought news, by metric. #}
with days as (
    {{ observed('stg_linkedin__account_metrics', ['account_id', 'as_of_date']) }}
)

select
    days.workspace_id,
    days.account_id,
    days.as_of_date,
    figures.metric,
    figures.value,
    days.observed_at,
    days.loaded_at,
    days.lake_page,
    days.lake_record
from days
cross join lateral (
    values
    ('impressions', days.impressions),
    ('reach', days.reach),
    ('likes', days.likes),
    ('comments', days.comments),
    ('shares', days.shares),
    ('clicks', days.clicks)
) as figures (metric, value)
