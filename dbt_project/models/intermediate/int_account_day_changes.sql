{# How the figure of an account's day came to be what it is, as `int_post_day_changes` for posts. #}
with versions as (
    {{ stacked(
        [
            'int_facebook__account_day_versions',
            'int_instagram__account_day_versions',
            'int_linkedin__account_day_versions',
            'int_youtube__account_day_versions',
        ],
        [
            'workspace_id', 'account_id', 'as_of_date', 'metric', 'value', 'observed_at', 'loaded_at', 'lake_page',
            'lake_record',
        ],
    ) }}
),

moments as (
    select distinct on (versions.account_id, versions.as_of_date, versions.metric, versions.observed_at)
        versions.*,
        accounts.platform
    from versions
    inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
    order by
        versions.account_id, versions.as_of_date, versions.metric, versions.observed_at,
        versions.loaded_at desc, versions.lake_page desc, versions.lake_record desc
)

{{ restated('moments', ['workspace_id', 'account_id', 'platform', 'as_of_date', 'metric'], 'account_metrics') }}
