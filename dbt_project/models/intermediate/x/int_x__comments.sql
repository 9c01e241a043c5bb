with comments as (
    {{ newest('stg_x__comments', ['account_id', 'external_id'], of='account') }}
)

select
    workspace_id,
    account_id,
    external_id,
    post_external_id,
    nullif(parent_external_id, post_external_id) as parent_external_id,
    author_external_id,
    null::text as author_name,
    author_username,
    text,
    likes,
    null::boolean as is_hidden,
    published_at,
    null::timestamptz as modified_at,
    observed_at
from comments
