{# Of the posts of this run; the mart `post_lifetime` keeps all. #}
with observations as (
    {{ stacked(
        [
            'int_bluesky__post_observations',
            'int_facebook__post_observations',
            'int_instagram__post_observations',
            'int_linkedin__post_observations',
            'int_tiktok__post_observations',
            'int_x__post_observations',
            'int_youtube__post_observations',
            'int_files__post_observations',
        ],
        ['workspace_id', 'account_id', 'external_id', 'observed_at'] + metrics()
        + ['lake_path', 'lake_page', 'lake_record'],
    ) }}
)

select
    observations.workspace_id,
    {{ post_key("observations.") }} as post_key,
    observations.account_id,
    accounts.platform,
    observations.external_id,
    accounts.source,
    case accounts.source
        -- A file dates its figures itself, by a day without a zone.
        when 'file' then (observations.observed_at at time zone 'UTC')::date
        else {{ network_date('accounts.platform', 'observations.observed_at', 'sheet.day_zone') }}
    end as as_of_date,
    observations.observed_at,
    {{ metric_columns() }},
    observations.lake_path,
    observations.lake_page,
    observations.lake_record
from observations
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
left join {{ ref('platforms') }} as sheet on accounts.platform = sheet.platform
