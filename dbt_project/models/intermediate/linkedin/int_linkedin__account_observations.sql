{# The page's name and its followers come in two answers; a name is no figure, so it is joined. #}
with names as (
    {{ newest('stg_linkedin__accounts', ['account_id']) }}
),

followers as (
    {{ newest('stg_linkedin__accounts_followers', ['account_id', 'observed_at']) }}
)

select
    followers.workspace_id,
    followers.account_id,
    names.name,
    names.username,
    followers.followers,
    null::bigint as following,
    null::bigint as posts_count,
    followers.observed_at
from followers
left join names using (workspace_id, account_id)
