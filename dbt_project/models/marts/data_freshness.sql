{{ config(indexes=[{'columns': ['workspace_id', 'account_id', 'resource'], 'unique': true}]) }}

with loads as (
    select
        workspace_id,
        account_id,
        resource,
        max(observed_at) filter (where status = 'done') as last_observed_at,
        max(finished_at) filter (where status = 'done') as last_success_at,
        (array_agg(status order by started_at desc, load_id))[1] as last_status,
        sum(written) as written,
        sum(quarantined) as quarantined
    from {{ ref('stg_clientnest__loads') }}
    {% if past() %}where {{ loaded_by_then() }}{% endif %}
    group by workspace_id, account_id, resource
)

select
    loads.workspace_id,
    loads.account_id,
    accounts.platform,
    loads.resource,
    loads.last_observed_at,
    loads.last_success_at,
    loads.last_success_at + interval '{{ var("ingestion_every_hours") }} hours' as next_expected_at,
    loads.last_status,
    {{ network_date('accounts.platform', 'loads.last_observed_at') }}
    - 1 - coalesce(sheet.settles_after_days, 0) as settled_to,
    {{ modelled_at() }} as modelled_at,
    loads.written::bigint as written,
    loads.quarantined::bigint as quarantined
from loads
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
left join {{ ref('resources') }} as sheet
on accounts.platform = sheet.platform and loads.resource = sheet.resource
