with observations as (
    {{ newest('stg_linkedin__post_metrics', ['account_id', 'external_id', 'observed_at']) }}
)

select
    workspace_id,
    account_id,
    external_id,
    observed_at,
    {{ metric_columns(['impressions', 'reach', 'likes', 'comments', 'shares', 'clicks']) }},
    lake_path,
    lake_page,
    lake_record
from observations
