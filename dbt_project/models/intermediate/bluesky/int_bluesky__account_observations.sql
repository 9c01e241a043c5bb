with observations as (
    {{ newest('stg_bluesky__accounts', ['account_id', 'observed_at']) }}
)

select
    workspace_id,
    account_id,
    name,
    username,
    followers,
    following,
    posts_count,
    observed_at
from observations
