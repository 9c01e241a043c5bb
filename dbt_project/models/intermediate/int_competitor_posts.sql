{{ config(kept_by_account()) }}

with posts as (
    {{ stacked(
        ['int_instagram__competitor_posts'],
        [
            'workspace_id', 'account_id', 'competitor_id', 'external_id', 'published_at', 'likes', 'comments',
            'observed_at',
        ],
    ) }}
)

select
    posts.workspace_id,
    posts.account_id,
    accounts.platform,
    posts.competitor_id,
    posts.external_id,
    (posts.published_at at time zone 'UTC')::date as published_date,
    posts.likes + posts.comments as public_engagements,
    posts.observed_at
from posts
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
