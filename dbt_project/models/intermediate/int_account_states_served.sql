{{ config(enabled=not past(), materialized='incremental', incremental_strategy='anew') }}

{#
    The states that the marts say: where they differ from the present ones, the account is modelled again. Made when all
    marts that follow them were.
#}
-- depends_on: {{ ref('posts') }}, {{ ref('account_metrics_daily') }}, {{ ref('formats') }}, {{ ref('benchmarks') }}
select
    workspace_id,
    account_id,
    failing,
    parked,
    today,
    modelled_at
from {{ ref('int_account_states') }}
