{#
    Posts with the spans that they fall into. A span ends today by the clock of the account's network; where an account
    is known from files only, with its newest post. A post without a date is in the span that has no beginning alone.
#}
with clocks as (
    select
        account_id,
        max(today) as today
    from {{ ref('int_account_clocks') }}
    group by account_id
),

newest as (
    select
        account_id,
        max(published_date) as published_date
    from {{ ref('posts') }}
    group by account_id
),

accounts as (
    select
        newest.account_id,
        coalesce(clocks.today, newest.published_date) as today
    from newest
    left join clocks using (account_id)
)

select
    posts.workspace_id,
    posts.account_id,
    posts.platform,
    posts.kind,
    posts.followers,
    {{ each_metric('posts.{}') }},
    posts.engagements,
    {{ each(denominators(), 'posts.engagement_rate_by_{}') }},
    accounts.today,
    periods.period,
    accounts.today - periods.days + 1 as period_start
from {{ ref('posts') }} as posts
inner join accounts using (account_id)
inner join {{ periods() }}
on periods.days is null or posts.published_date > accounts.today - periods.days
