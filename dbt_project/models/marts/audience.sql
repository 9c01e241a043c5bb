{{ config(kept_by_account(indexes=[
    {'columns': ['workspace_id', 'account_id', 'dimension', 'value'], 'unique': true},
])) }}

select
    audience.workspace_id,
    audience.account_id,
    accounts.platform,
    audience.dimension,
    audience.value,
    audience.amount,
    audience.unit,
    audience.observed_at
from {{ ref('int_audience') }} as audience
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
