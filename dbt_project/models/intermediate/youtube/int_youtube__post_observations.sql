with observations as (
    {{ newest('stg_youtube__post_metrics', ['account_id', 'external_id', 'observed_at']) }}
)

select
    workspace_id,
    account_id,
    external_id,
    observed_at,
    {{ metric_columns(['views', 'likes', 'comments']) }},
    lake_path,
    lake_page,
    lake_record
from observations
