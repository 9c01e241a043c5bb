{# Every answer of Instagram about a day of the account that brought news, by metric. #}
select
    workspace_id,
    account_id,
    as_of_date,
    case metric
        when 'reach' then 'reach'
        when 'views' then 'views'
        when 'likes' then 'likes'
        when 'comments' then 'comments'
        when 'shares' then 'shares'
        when 'saves' then 'saves'
    end as metric,
    value,
    observed_at,
    loaded_at,
    lake_page,
    lake_record
from ({{ observed('stg_instagram__account_metrics', ['account_id', 'as_of_date', 'metric']) }}) as days
where metric in (
    'reach', 'views', 'likes', 'comments', 'shares', 'saves'
)
