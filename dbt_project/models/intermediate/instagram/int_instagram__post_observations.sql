with answers as (
    select
        workspace_id,
        account_id,
        external_id,
        observed_at,
        {{ unpivoted({
            'reach': 'reach',
            'views': 'views',
            'likes': 'likes',
            'comments': 'comments',
            'shares': 'shares',
            'saves': 'saved',
        }) }},
        loaded_at,
        lake_path,
        lake_page,
        lake_record
    from ({{ observed('stg_instagram__post_metrics', ['account_id', 'external_id', 'metric']) }}) as insights
    where metric in ('reach', 'views', 'likes', 'comments', 'shares', 'saved')
)

{{ last_known('answers', ['account_id', 'external_id'], metrics()) }}
