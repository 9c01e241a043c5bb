{{ config(kept_by_account(indexes=[{'columns': ['account_id', 'as_of_date']}])) }}

{# The state of an account at the end of each day that it was observed on. #}
with observations as (
    select
        *,
        row_number() over (partition by account_id order by observed_at) as place
    from {{ ref('int_account_observations') }}
),

known as (
    select
        workspace_id,
        account_id,
        name,
        username,
        {{ last_in('followers', 'so_far') }} as followers,
        {{ last_in('following', 'so_far') }} as following,
        {{ last_in('posts_count', 'so_far') }} as posts_count,
        observed_at
    from observations
    window so_far as (partition by account_id order by place)
)

select distinct on (known.account_id, as_of_date)
    known.workspace_id,
    known.account_id,
    accounts.platform,
    {{ network_date('accounts.platform', 'known.observed_at') }} as as_of_date,
    known.name,
    known.username,
    known.followers,
    known.following,
    known.posts_count,
    known.observed_at
from known
inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
order by known.account_id, as_of_date, known.observed_at desc
