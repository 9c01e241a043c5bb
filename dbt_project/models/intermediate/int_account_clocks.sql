{{ config(materialized='view' if past() else 'table') }}

{# The newest moment of the network's own clock at which a resource was read to its end, per account. #}
select
    loads.workspace_id,
    loads.account_id,
    accounts.platform,
    loads.resource,
    max(loads.observed_at) as observed_at,
    {{ network_date('accounts.platform', 'max(loads.observed_at)') }} as today
from {{ ref('stg_clientnest__loads') }} as loads
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
where loads.status = 'done' {% if past() %}and {{ loaded_by_then('loads') }}{% endif %}
group by loads.workspace_id, loads.account_id, accounts.platform, loads.resource
