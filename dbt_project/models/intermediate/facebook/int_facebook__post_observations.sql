with answers as (
    select
        workspace_id,
        account_id,
        external_id,
        observed_at,
        {{ metric_columns(['reactions', 'comments', 'shares']) }},
        loaded_at,
        lake_path,
        lake_page,
        lake_record
    from ({{ observed('stg_facebook__post_metrics', ['account_id', 'external_id']) }}) as counters

    union all

    select
        workspace_id,
        account_id,
        external_id,
        observed_at,
        {{ unpivoted({
            'views': 'post_media_view',
            'reach': 'post_total_media_view_unique',
            'clicks': 'post_clicks',
            'likes': 'post_reactions_by_type_total.like',
        }) }},
        loaded_at,
        lake_path,
        lake_page,
        lake_record
    from ({{ observed('stg_facebook__post_metrics_insights', ['account_id', 'external_id', 'metric']) }}) as insights
    where metric in (
        'post_media_view', 'post_total_media_view_unique', 'post_clicks', 'post_reactions_by_type_total.like'
    )
)

{{ last_known('answers', ['account_id', 'external_id'], metrics()) }}
