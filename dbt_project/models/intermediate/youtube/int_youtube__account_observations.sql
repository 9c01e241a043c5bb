with observations as (
    {{ newest('stg_youtube__accounts', ['account_id', 'observed_at']) }}
)

select
    workspace_id,
    account_id,
    name,
    username,
    case when has_hidden_followers is not true then followers end as followers,
    null::bigint as following,
    posts_count,
    observed_at
from observations
