{{ config(enabled=not past(), materialized='incremental', incremental_strategy='anew') }}

{# The deletions that the marts say: those that are not among them bring their posts into scope. #}
-- depends_on: {{ ref('posts') }}, {{ ref('metric_changes') }}
select
    workspace_id,
    account_id,
    external_id,
    deleted_at
from {{ ref('int_post_deletions') }}
