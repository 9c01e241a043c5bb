{# Every answer of YouTube about a day of the account that brought news, by metric. #}
select
    days.workspace_id,
    days.account_id,
    days.as_of_date,
    told.metric,
    told.value,
    days.observed_at,
    days.loaded_at,
    days.lake_page,
    days.lake_record
from ({{ observed('stg_youtube__account_metrics', ['account_id', 'as_of_date']) }}) as days
cross join lateral (
    values
        ('views', days.views),
        ('likes', days.likes),
        ('comments', days.comments),
        ('shares', days.shares)
) as told (metric, value)
