{{ config(kept_by_account(indexes=[
    {'columns': ['workspace_id', 'account_id', 'dimension', 'value', 'as_of_date'], 'unique': true},
    {'columns': ['workspace_id', 'account_id', 'is_latest']},
])) }}

with days as (
    select distinct on (audience.account_id, audience.dimension, audience.value, as_of_date)
        audience.workspace_id,
        audience.account_id,
        accounts.platform,
        audience.dimension,
        audience.value,
        audience.name,
        {{ network_date('accounts.platform', 'audience.observed_at') }} as as_of_date,
        audience.amount,
        audience.unit,
        audience.observed_at
    from {{ ref('int_audience') }} as audience
    inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
    order by audience.account_id, audience.dimension, audience.value, as_of_date, audience.observed_at desc
)

select
    workspace_id,
    account_id,
    platform,
    dimension,
    value,
    name,
    as_of_date,
    amount,
    unit,
    observed_at,
    lead(as_of_date) over (partition by account_id, dimension, value order by as_of_date) is null as is_latest
from days
