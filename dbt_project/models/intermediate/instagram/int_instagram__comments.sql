with comments as (
    {{ newest('stg_instagram__comments', ['account_id', 'external_id'], of='account') }}
)

select
    workspace_id,
    account_id,
    external_id,
    post_external_id,
    parent_external_id,
    null::text as author_external_id,
    null::text as author_name,
    author_username,
    text,
    likes,
    is_hidden,
    published_at,
    null::timestamptz as modified_at,
    observed_at
from comments
