with observations as (
    {{ newest('stg_linkedin__competitors', ['account_id', 'handle', 'observed_at'], of='account') }}
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
    null::bigint as posts_count,
    null::bigint as views,
    observed_at
from observations
