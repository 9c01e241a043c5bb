{{ config(
    enabled=not past(),
    materialized='incremental',
    incremental_strategy='anew',
    on_schema_change='fail',
    indexes=[{'columns': ['workspace_id', 'post_key'], 'unique': true}],
) }}

{#
    The posts that the mart `posts` has to say anew: those of this run, and those of which something else changed
    since it last spoke of them; and those asked about by a load that ran on while they were last said. What a build
    that did not end well left is due again: `done` empties this.
#}
-- depends_on: {{ ref('int_scope') }}, {{ ref('int_account_states') }}, {{ ref('stg_clientnest__loads') }}
{%- set served = standing(this, 'marts', 'posts') %}
select
    context.workspace_id,
    context.account_id,
    context.post_key
from {{ ref('int_post_context') }} as context
{% if is_incremental() and served %}
left join {{ served }} as posts using (workspace_id, post_key)
left join {{ ref('int_account_states') }} as states on context.account_id = states.account_id
left join {{ served_before(this, 'int_account_states') }} as told on context.account_id = told.account_id
left join {{ loads_ended(this) }} as ended on context.account_id = ended.account_id
where
    posts.post_key is null
    or (context.workspace_id, context.post_key) in (
        select
            scope.workspace_id,
            scope.post_key
        from {{ ref('int_scope') }} as scope
    )
    or context.confirmed_at >= ended.started_at
    or (states.failing, states.parked) is distinct from (told.failing, told.parked)
    {%- for said in ['account_name', 'publication_id', 'campaign_id', 'confirmed_at', 'followers', 'deleted_at'] %}
    or context.{{ said }} is distinct from posts.{{ said }}
    {%- endfor %}

union

select
    workspace_id,
    account_id,
    post_key
from {{ this }}
{% endif %}
