with days as (
    {{ stacked(
        [
            'int_facebook__account_days',
            'int_instagram__account_days',
            'int_linkedin__account_days',
            'int_x__account_days',
            'int_youtube__account_days',
        ],
        ['workspace_id', 'account_id', 'as_of_date', 'basis'] + metrics()
        + ['engagements', 'profile_visits', 'followers', 'followers_gained', 'followers_lost', 'observed_at'],
    ) }}
)

select * from days
