{{ config(enabled=not past(), materialized='incremental', incremental_strategy='anew') }}

{# The states that the marts say: where they differ from the present ones, the account is modelled again. #}
-- depends_on: {{ ref('posts') }}, {{ ref('account_metrics_daily') }}
select
    workspace_id,
    account_id,
    failing,
    parked
from {{ ref('int_account_states') }}
