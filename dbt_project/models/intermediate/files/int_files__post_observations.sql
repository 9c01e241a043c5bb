{# Figures that imported files tell: one row per line, so that what a file sums up to is found again. #}
select
    workspace_id,
    account_id,
    external_id,
    observed_at,
    impressions,
    reach,
    null::bigint as views,
    null::bigint as reactions,
    likes,
    comments,
    shares,
    null::bigint as saves,
    consumptions as clicks,
    lake_path,
    lake_page,
    lake_record
from ({{ lines('stg_files__facebook_insights_posts') }}) as told

union all

select
    workspace_id,
    account_id,
    external_id,
    observed_at,
    {{ metric_columns(['reactions', 'likes', 'comments', 'shares']) }},
    lake_path,
    lake_page,
    lake_record
from ({{ lines('stg_files__facebook_posts_table') }}) as told

union all

select
    workspace_id,
    account_id,
    external_id,
    observed_at,
    {{ metric_columns(['impressions', 'likes', 'comments', 'shares', 'saves']) }},
    lake_path,
    lake_page,
    lake_record
from ({{ lines('stg_files__instagram_insights') }}) as told

union all

select
    workspace_id,
    account_id,
    external_id,
    observed_at,
    {{ metric_columns(['views', 'likes', 'comments']) }},
    lake_path,
    lake_page,
    lake_record
from ({{ lines('stg_files__youtube_trending') }}) as told
