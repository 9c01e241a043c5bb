{{ config(kept_by_account()) }}

{# A competitor at the end of each day on which the account that looks it up saw it change. #}
with observations as (
    {{ stacked(
        [
            'int_bluesky__competitors',
            'int_facebook__competitors',
            'int_instagram__competitors',
            'int_linkedin__competitors',
            'int_x__competitors',
            'int_youtube__competitors',
        ],
        [
            'workspace_id', 'account_id', 'competitor_id', 'handle', 'name', 'followers', 'following',
            'posts_count', 'views', 'observed_at',
        ],
    ) }}
)

select distinct on (observations.account_id, observations.competitor_id, as_of_date)
    observations.workspace_id,
    observations.account_id,
    accounts.platform,
    observations.competitor_id,
    observations.handle,
    observations.name,
    {{ network_date('accounts.platform', 'observations.observed_at') }} as as_of_date,
    observations.followers,
    observations.following,
    observations.posts_count,
    observations.views,
    observations.observed_at
from observations
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
order by observations.account_id, observations.competitor_id, as_of_date, observations.observed_at desc
