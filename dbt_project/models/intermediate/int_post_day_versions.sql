{# Days of posts of this run as the networks told them, every answer that brought news; one at each moment. #}
with versions as (
    {{ stacked(
        ['int_x__post_day_versions', 'int_youtube__post_day_versions'],
        ['workspace_id', 'account_id', 'external_id', 'as_of_date'] + metrics()
        + ['profile_visits', 'observed_at', 'loaded_at', 'lake_page', 'lake_record'],
    ) }}
)

select distinct on (versions.account_id, versions.external_id, versions.as_of_date, versions.observed_at)
    versions.workspace_id,
    {{ post_key('versions.') }} as post_key,
    versions.account_id,
    accounts.platform,
    versions.external_id,
    versions.as_of_date,
    {{ each_metric('versions.{}') }},
    versions.profile_visits,
    versions.observed_at
from versions
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
order by
    versions.account_id, versions.external_id, versions.as_of_date, versions.observed_at,
    versions.loaded_at desc, versions.lake_page desc, versions.lake_record desc
