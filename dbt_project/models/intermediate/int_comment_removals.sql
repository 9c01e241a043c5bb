{{ config(kept('anew', indexes=[{'columns': ['account_id', 'external_id'], 'unique': true}])) }}
{{ config(post_hook="grant select on {{ this }} to nest_app") }}

{#
    Comments that a network said were removed, by account. What networks tell by themselves names accounts of every
    workspace, so nobody but the system may look: the past reads what was made of it here.
#}
{% if past() -%}
select *
from intermediate.int_comment_removals
where received_at <= (select app.recorded_at()) and deleted_at <= (select app.known_at())
{%- else -%}
with removals as (
    {{ stacked(
        ['int_facebook__comment_removals', 'int_linkedin__comment_removals'],
        ['platform', 'signed_for', 'account_external_id', 'external_id', 'occurred_at', 'received_at'],
    ) }}
)

select
    accounts.workspace_id,
    accounts.account_id,
    removals.external_id,
    max(coalesce(removals.occurred_at, removals.received_at)) as deleted_at,
    min(removals.received_at) as received_at
from removals
inner join {{ ref('stg_clientnest__accounts') }} as accounts
on removals.platform = accounts.platform and removals.account_external_id = accounts.external_id
where
    removals.external_id is not null
    -- What a workspace's own app signed is about that workspace alone.
    and coalesce(removals.signed_for, accounts.workspace_id) = accounts.workspace_id
group by accounts.workspace_id, accounts.account_id, removals.external_id
{%- endif %}
