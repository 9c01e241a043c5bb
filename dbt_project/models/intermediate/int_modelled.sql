{{ config(enabled=not past(), materialized='table', pre_hook="{{ no_landing() }}") }}

{# The moment, on our clock, up to which this run models all that was recorded; it holds where nothing was, too. #}
with moment as materialized (
    select clock_timestamp() as modelled_at
)

select distinct
    accounts.workspace_id,
    moment.modelled_at
from {{ ref('stg_clientnest__accounts') }} as accounts
cross join moment
