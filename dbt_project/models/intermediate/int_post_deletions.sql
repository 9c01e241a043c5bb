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
),

told as (
    select
        accounts.workspace_id,
        accounts.account_id,
        deletions.external_id,
        coalesce(deletions.occurred_at, deletions.received_at) as deleted_at,
        deletions.received_at as told_at
    from deletions
    inner join {{ ref('stg_clientnest__accounts') }} as accounts
    on deletions.platform = accounts.platform and deletions.account_external_id = accounts.external_id
    where
        deletions.external_id is not null
        -- What a workspace's own app signed is about that workspace alone.
        and coalesce(deletions.signed_for, accounts.workspace_id) = accounts.workspace_id
),

listings as (
    select
        *,
        max(observed_at) filter (where not absent) over (partition by account_id, external_id) as seen_at
    from {{ ref('stg_clientnest__absences') }}
),

-- One listing without a post may be the network's mistake; from the second in a row on it is gone since the first.
missed as (
    select
        workspace_id,
        account_id,
        external_id,
        min(observed_at) as deleted_at,
        (array_agg(loaded_at order by observed_at, loaded_at))[2] as told_at
    from listings
    where absent and observed_at > coalesce(seen_at, '-infinity')
    group by workspace_id, account_id, external_id
    having count(*) > 1
)

select
    workspace_id,
    account_id,
    external_id,
    min(deleted_at) as deleted_at,
    min(told_at) as told_at
from (
    select * from told
    union all
    select * from missed
) as deletions
group by workspace_id, account_id, external_id
{%- endif %}
