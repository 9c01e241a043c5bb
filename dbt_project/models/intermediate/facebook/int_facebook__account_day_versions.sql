{# Every answer of Facebook about a day of the account that brought news, by metric. #}
select
    workspace_id,
    account_id,
    as_of_date,
    case metric
        when 'page_total_media_view_unique' then 'reach'
        when 'page_media_view' then 'views'
        when 'page_post_engagements' then 'engagements'
        when 'page_views_total' then 'profile_visits'
        when 'page_follows' then 'followers'
    end as metric,
    value,
    observed_at,
    loaded_at,
    lake_page,
    lake_record
from ({{ observed('stg_facebook__account_metrics', ['account_id', 'as_of_date', 'metric']) }}) as days
where metric in (
    'page_total_media_view_unique', 'page_media_view', 'page_post_engagements', 'page_views_total', 'page_follows'
)
