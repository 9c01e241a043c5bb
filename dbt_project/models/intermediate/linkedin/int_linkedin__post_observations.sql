{# A page tells all counters of a post in one answer, a profile one in each. #}
with of_pages as (
    {{ newest('stg_linkedin__post_metrics', ['account_id', 'external_id', 'observed_at']) }}
),

answers as (
    select
        workspace_id,
        account_id,
        external_id,
        observed_at,
        {{ unpivoted({
            'impressions': 'IMPRESSION',
            'reach': 'MEMBERS_REACHED',
            'likes': 'REACTION',
            'comments': 'COMMENT',
            'shares': 'RESHARE',
        }) }},
        loaded_at,
        lake_path,
        lake_page,
        lake_record
    from ({{ observed('stg_linkedin__post_metrics_person', ['account_id', 'external_id', 'metric']) }}) as counters
    where metric in ('IMPRESSION', 'MEMBERS_REACHED', 'REACTION', 'COMMENT', 'RESHARE')
),

of_profiles as (
    {{ last_known('answers', ['account_id', 'external_id'], metrics()) }}
)

select
    workspace_id,
    account_id,
    external_id,
    observed_at,
    {{ metric_columns(['impressions', 'reach', 'likes', 'comments', 'shares', 'clicks']) }},
    lake_path,
    lake_page,
    lake_record
from of_pages

union all

select
    workspace_id,
    account_id,
    external_id,
    observed_at,
    {{ metric_columns() }},
    lake_path,
    lake_page,
    lake_record
from of_profiles
