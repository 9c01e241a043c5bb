with observations as (
    {{ stacked(
        [
            'int_bluesky__account_observations',
            'int_facebook__account_observations',
            'int_instagram__account_observations',
            'int_linkedin__account_observations',
            'int_tiktok__account_observations',
            'int_x__account_observations',
            'int_youtube__account_observations',
        ],
        [
            'workspace_id', 'account_id', 'name', 'username', 'followers', 'following', 'posts_count',
            'observed_at',
        ],
    ) }}
)

select * from observations
