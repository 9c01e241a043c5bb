with observations as (
    {{ newest('stg_facebook__accounts', ['account_id', 'observed_at']) }}
)

select
    workspace_id,
    account_id,
    name,
    username,
    followers,
    null::bigint as following,
    null::bigint as posts_count,
    observed_at
from observations
