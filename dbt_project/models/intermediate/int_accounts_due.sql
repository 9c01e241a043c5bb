{{ config(
    enabled=not past(),
    materialized='incremental',
    incremental_strategy='anew',
    on_schema_change='fail',
) }}

{#
    The accounts that have to be summed up anew: those of this run, those of posts that are said anew, and those for
    which another day began, since spans of days end with it. What a build that did not end well left is due again.
#}
-- depends_on: {{ ref('int_scope') }}, {{ ref('int_posts_due') }}, {{ ref('int_account_states') }}
select
    accounts.workspace_id,
    accounts.platform,
    accounts.account_id
from {{ ref('stg_clientnest__accounts') }} as accounts
{% if is_incremental() -%}
inner join {{ ref('int_account_states') }} as states using (workspace_id, account_id)
left join {{ served_before(this, 'int_account_states') }} as told using (workspace_id, account_id)
where
    told.account_id is null
    or states.today is distinct from told.today
    or {{ account_in_scope('accounts') }}
    or accounts.account_id in (select due.account_id from {{ ref('int_posts_due') }} as due)

union

select
    workspace_id,
    platform,
    account_id
from {{ this }}
{%- endif %}
