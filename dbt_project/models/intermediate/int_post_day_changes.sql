{#
    How the figure of a post's day came to be what it is: what it was when the day was over and first told, what it
    gained before the network stops to correct, and what was corrected after that.
#}
with versions as (
    select
        days.workspace_id,
        days.post_key,
        days.account_id,
        days.platform,
        days.as_of_date,
        days.observed_at,
        told.metric,
        told.value
    from {{ ref('int_post_day_versions') }} as days
    cross join lateral ({{ metric_rows('days') }}) as told (metric, value)
)

{{ restated(
    'versions',
    ['workspace_id', 'account_id', 'platform', 'post_key', 'as_of_date', 'metric'],
    'post_metrics_daily',
) }}
