{{ config(materialized='view' if past() else 'table') }}

{#
    What keeps an account from being told of, now: metrics that its network refuses, sources whose last load failed; and
    its day, at its network.
    A table, so that one build sees one state; `int_account_states_served` holds the one that the marts were made of.
#}
with last_loads as (
    select distinct on (account_id, resource)
        account_id,
        resource,
        status
    from {{ ref('stg_clientnest__loads') }}
    where status <> 'running' {% if past() %}and {{ loaded_by_then() }}{% endif %}
    order by account_id, resource, started_at desc, load_id
),

failing as (
    select
        account_id,
        array_agg(resource order by resource) as resources
    from last_loads
    where status = 'failed'
    group by account_id
),

parked as (
    select
        refused.account_id,
        array_agg(distinct coalesce(sheet.metric, refused.metric)) as metrics
    from {{ ref('stg_clientnest__parked_metrics') }} as refused
    inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
    left join {{ ref('metric_support') }} as sheet
    on accounts.platform = sheet.platform and refused.metric = sheet.wire
    group by refused.account_id
),

days as (
    select
        account_id,
        max(today) as today
    from {{ ref('int_account_clocks') }}
    group by account_id
)

select
    accounts.workspace_id,
    accounts.account_id,
    coalesce(failing.resources, '{}') as failing,
    coalesce(parked.metrics, '{}') as parked,
    days.today,
    {{ modelled_at() }} as modelled_at
from {{ ref('stg_clientnest__accounts') }} as accounts
left join failing using (account_id)
left join parked using (account_id)
left join days using (account_id)
