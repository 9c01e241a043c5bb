{{ config(
    enabled=not past(),
    materialized='incremental',
    incremental_strategy='anew',
    on_schema_change='fail',
) }}

{#
    The accounts whose curves had a part in them of a post that is said anew: the post may be in another curve now, or in
    none. Looked up before `int_post_shares` is made, which holds the others.
#}
-- depends_on: {{ ref('int_posts_due') }}
{%- set before = standing(this, 'intermediate', 'int_post_shares') %}
select
    due.workspace_id,
    due.account_id
from {{ ref('int_posts_due') }} as due
{% if is_incremental() and before -%}
where (due.workspace_id, due.post_key) in (
    select
        shares.workspace_id,
        shares.post_key
    from {{ before }} as shares
)

union

select
    workspace_id,
    account_id
from {{ this }}
{%- else -%}
group by due.workspace_id, due.account_id
{%- endif %}
