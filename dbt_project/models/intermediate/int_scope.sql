{{ config(
    enabled=not past(),
    materialized='incremental',
    incremental_strategy='anew',
    on_schema_change='fail',
    indexes=[{'columns': ['workspace_id', 'post_key'], 'unique': true}],
    pre_hook="{{ no_landing() }}",
) }}

{#
    What this run models: every post, and as an empty one every account, that was touched since it was modelled; and
    whatever is not served as it is: accounts by their state, posts by their deletion. All that was loaded by `modelled_at` is seen, and what
    comes later belongs to the next run, whole.
#}
-- depends_on: {{ ref('int_modelled') }}, {{ ref('int_account_states') }}, {{ ref('int_post_deletions') }}
with moment as materialized (
    select clock_timestamp() as modelled_at
),

wanted as (
    select
        workspace_id,
        account_id,
        external_id,
        touches
    from {{ ref('stg_clientnest__touched') }}
    {% if is_incremental() -%}
    where touches > modelled

    union

    select
        states.workspace_id,
        states.account_id,
        '' as external_id,
        coalesce(touched.touches, 0) as touches
    from {{ ref('int_account_states') }} as states
    left join {{ served_before(this, 'int_account_states') }} as served using (workspace_id, account_id)
    left join {{ ref('stg_clientnest__touched') }} as touched
    on states.account_id = touched.account_id and touched.external_id = ''
    where (states.failing, states.parked) is distinct from (served.failing, served.parked)

    union

    select
        deletions.workspace_id,
        deletions.account_id,
        deletions.external_id,
        coalesce(touched.touches, 0) as touches
    from {{ ref('int_post_deletions') }} as deletions
    left join {{ served_before(this, 'int_post_deletions') }} as served using (account_id, external_id)
    left join {{ ref('stg_clientnest__touched') }} as touched using (account_id, external_id)
    where deletions.deleted_at is distinct from served.deleted_at
    {%- endif %}
)

select
    wanted.workspace_id,
    wanted.account_id,
    wanted.external_id,
    {{ post_key('wanted.') }} as post_key,
    wanted.touches,
    moment.modelled_at
from wanted
cross join moment
