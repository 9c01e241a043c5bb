with observations as (
    {{ newest('stg_instagram__competitors', ['account_id', 'external_id', 'observed_at'], of='account') }}
)

select
    workspace_id,
    account_id,
    external_id as competitor_id,
    username as handle,
    name,
    username,
    followers,
    following,
    posts_count,
    null::bigint as views,
    observed_at
from observations
