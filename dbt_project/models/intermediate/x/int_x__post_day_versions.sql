{# Every answer of X about a day of a post that brought news. #}
select
    workspace_id,
    account_id,
    external_id,
    as_of_date,
    impressions,
    null::bigint as reach,
    null::bigint as views,
    null::bigint as reactions,
    likes,
    comments,
    reposts + quotes as shares,
    saves,
    clicks,
    profile_visits,
    observed_at,
    loaded_at,
    lake_page,
    lake_record
from ({{ observed('stg_x__post_metrics_daily', ['account_id', 'external_id', 'as_of_date']) }}) as days
