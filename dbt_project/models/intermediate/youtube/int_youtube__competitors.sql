with observations as (
    {{ newest('stg_youtube__competitors', ['account_id', 'external_id', 'observed_at'], of='account') }}
)

select
    workspace_id,
    account_id,
    external_id as competitor_id,
    handle,
    name,
    username,
    followers,
    null::bigint as following,
    posts_count,
    views,
    observed_at
from observations
