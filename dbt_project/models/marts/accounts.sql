{{ config(indexes=[{'columns': ['workspace_id', 'account_id'], 'unique': true}]) }}

with counters as (
    select distinct on (account_id) *
    from {{ ref('int_account_counters') }}
    order by account_id, observed_at desc
),

posts as (
    select
        workspace_id,
        account_id,
        min(published_at) as first_post_at,
        max(published_at) as last_post_at,
        max(observed_at) as last_observed_at
    from {{ ref('int_posts') }}
    group by workspace_id, account_id
),

clocks as (
    select
        workspace_id,
        account_id,
        max(observed_at) as observed_at
    from {{ ref('int_account_clocks') }}
    group by workspace_id, account_id
)

select
    accounts.workspace_id,
    accounts.account_id,
    accounts.platform,
    accounts.external_id,
    coalesce(counters.name, accounts.name) as name,
    coalesce(counters.username, accounts.username) as username,
    accounts.source,
    accounts.status,
    counters.followers,
    counters.following,
    counters.posts_count,
    case when counters.followers is not null then counters.observed_at end as followers_observed_at,
    posts.first_post_at,
    posts.last_post_at,
    greatest(clocks.observed_at, counters.observed_at, posts.last_observed_at) as last_observed_at
from {{ ref('stg_clientnest__accounts') }} as accounts
left join counters using (workspace_id, account_id)
left join posts using (workspace_id, account_id)
left join clocks using (workspace_id, account_id)
