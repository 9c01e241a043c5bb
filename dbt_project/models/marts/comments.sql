{{ config(kept_by_account(indexes=[
    {'columns': ['workspace_id', 'account_id', 'external_id'], 'unique': true},
    {'columns': ['workspace_id', 'post_key']},
    {'columns': ['workspace_id', 'published_at']},
])) }}
{{ config(post_hook="{{ renew_removals(this) }}") }}

select
    comments.workspace_id,
    comments.account_id,
    accounts.platform,
    comments.external_id,
    posts.post_key,
    comments.post_external_id,
    comments.parent_external_id,
    comments.author_external_id,
    coalesce(comments.author_name, comments.author_username) as author_name,
    comments.text,
    comments.likes,
    comments.is_hidden,
    comments.published_at,
    comments.modified_at,
    comments.observed_at,
    case when removals.deleted_at >= comments.observed_at then removals.deleted_at end as deleted_at
from {{ ref('int_comments') }} as comments
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
left join {{ ref('posts') }} as posts
on comments.account_id = posts.account_id and comments.post_external_id = posts.external_id
left join {{ ref('int_comment_removals') }} as removals
on comments.account_id = removals.account_id and comments.external_id = removals.external_id
