{# Every answer of YouTube about a day of a video that brought news. #}
select
    workspace_id,
    account_id,
    external_id,
    as_of_date,
    {{ metric_columns(['views', 'likes', 'comments', 'shares']) }},
    null::bigint as profile_visits,
    observed_at,
    loaded_at,
    lake_page,
    lake_record
from ({{ observed('stg_youtube__post_metrics_daily', ['account_id', 'external_id', 'as_of_date']) }}) as days
