{{ config(indexes=[{'columns': ['workspace_id'], 'unique': true}]) }}

with accounts as (
    select
        workspace_id,
        count(*) as accounts,
        max(last_observed_at) as last_observed_at
    from {{ ref('accounts') }}
    group by workspace_id
),

posts as (
    select
        workspace_id,
        count(*) as posts,
        min(published_at) as first_post_at
    from {{ ref('posts') }}
    group by workspace_id
)

select
    workspaces.workspace_id,
    workspaces.name,
    workspaces.timezone,
    workspaces.currency,
    coalesce(accounts.accounts, 0) as accounts,
    coalesce(posts.posts, 0) as posts,
    posts.first_post_at,
    accounts.last_observed_at,
    {{ modelled_at() }} as modelled_at
from {{ ref('stg_clientnest__workspaces') }} as workspaces
left join accounts using (workspace_id)
left join posts using (workspace_id)
