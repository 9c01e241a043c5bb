{#
    X gives clicks by day only. Their sum is the lifetime figure where the days have no gap from the day of
    publishing on; each observation of a day changes that sum by what it differs from the one before.
#}
with daily as (
    select
        *,
        clicks - coalesce(lag(clicks) over versions, 0) as clicks_added,
        (row_number() over versions = 1)::int as is_first
    from ({{ observed('stg_x__post_metrics_daily', ['account_id', 'external_id', 'as_of_date']) }}) as days
    window versions as (
        partition by account_id, external_id, as_of_date
        order by observed_at, loaded_at, lake_page, lake_record
    )
),

published as (
    select
        account_id,
        external_id,
        (max(published_at) at time zone 'UTC')::date as published_date
    from ({{ observed('stg_x__posts', ['account_id', 'external_id']) }}) as listed
    group by account_id, external_id
),

summed as (
    select
        daily.workspace_id,
        daily.account_id,
        daily.external_id,
        daily.observed_at,
        daily.loaded_at,
        daily.lake_path,
        daily.lake_page,
        daily.lake_record,
        published.published_date,
        (sum(daily.clicks_added) over so_far)::bigint as clicks,
        sum(daily.is_first) over so_far as days,
        max(daily.as_of_date) over so_far as last_date
    from daily
    inner join published using (account_id, external_id)
    window so_far as (
        partition by account_id, external_id
        order by daily.observed_at
    )
),

answers as (
    select
        workspace_id,
        account_id,
        external_id,
        observed_at,
        impressions,
        null::bigint as reach,
        null::bigint as views,
        null::bigint as reactions,
        likes,
        comments,
        reposts + quotes as shares,
        saves,
        null::bigint as clicks,
        loaded_at,
        lake_path,
        lake_page,
        lake_record
    from ({{ observed('stg_x__post_metrics', ['account_id', 'external_id']) }}) as counters

    union all

    select
        workspace_id,
        account_id,
        external_id,
        observed_at,
        {{ metric_columns(['clicks']) }},
        loaded_at,
        lake_path,
        lake_page,
        lake_record
    from summed
    where days = last_date - published_date + 1
)

{{ last_known('answers', ['account_id', 'external_id'], metrics()) }}
