{{ config(kept(
    'anew',
    indexes=[{'columns': ['account_id', 'external_id'], 'unique': true}],
    post_hook=["grant select on {{ this }} to nest_app"],
)) }}

{#
    Posts that a network said are gone, by account. What networks tell by themselves names accounts of every workspace,
    so nobody but the system may look: the past reads what was made of it here.
#}
{% if past() -%}
select *
from intermediate.int_post_deletions
where told_at <= (select app.recorded_at()) and deleted_at <= (select app.known_at())
{%- else -%}
with deletions as (
    {{ stacked(
        ['int_facebook__post_deletions', 'int_x__post_deletions', 'int_youtube__post_deletions'],
        ['platform', 'signed_for', 'account_external_id', 'external_id', 'occurred_at', 'received_at'],
    ) }}
)

select
    accounts.workspace_id,
    accounts.account_id,
    deletions.external_id,
    min(coalesce(deletions.occurred_at, deletions.received_at)) as deleted_at,
    min(deletions.received_at) as told_at
from deletions
inner join {{ ref('stg_clientnest__accounts') }} as accounts
on deletions.platform = accounts.platform and deletions.account_external_id = accounts.external_id
where
    deletions.external_id is not null
    -- What a workspace's own app signed is about that workspace alone.
    and coalesce(deletions.signed_for, accounts.workspace_id) = accounts.workspace_id
group by accounts.workspace_id, accounts.account_id, deletions.external_id
{%- endif %}
