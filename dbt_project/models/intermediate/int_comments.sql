with comments as (
    {{ stacked(
        [
            'int_bluesky__comments',
            'int_facebook__comments',
            'int_instagram__comments',
            'int_linkedin__comments',
            'int_x__comments',
            'int_youtube__comments',
        ],
        [
            'workspace_id', 'account_id', 'external_id', 'post_external_id', 'parent_external_id',
            'author_external_id', 'author_name', 'author_username', 'text', 'likes', 'is_hidden', 'published_at',
            'modified_at', 'observed_at',
        ],
    ) }}
)

select * from comments
