{{ config(kept_by_post(indexes=[{'columns': ['workspace_id', 'post_key', 'observed_at']}])) }}

select
    workspace_id,
    post_key,
    account_id,
    platform,
    external_id,
    as_of_date,
    observed_at,
    {{ metric_columns() }},
    source,
    lake_path,
    lake_page,
    lake_record
from {{ ref('int_post_observations') }}
