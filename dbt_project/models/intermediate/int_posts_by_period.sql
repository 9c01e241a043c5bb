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

dated as (
    select
        posts.*,
        coalesce(clocks.today, max(posts.published_date) over (partition by posts.account_id)) as today
    from {{ ref('posts') }} as posts
    left join clocks using (account_id)
)

select
    dated.*,
    periods.period,
    dated.today - periods.days + 1 as period_start
from dated
inner join {{ periods() }}
on periods.days is null or dated.published_date > dated.today - periods.days
