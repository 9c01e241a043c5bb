with comments as (
    {{ newest('stg_youtube__comments', ['account_id', 'external_id'], of='account') }}
)

select
    workspace_id,
    account_id,
    external_id,
    post_external_id,
    parent_external_id,
    author_external_id,
    author_name,
    null::text as author_username,
    text,
    likes,
    null::boolean as is_hidden,
    published_at,
    modified_at,
    observed_at
from comments
