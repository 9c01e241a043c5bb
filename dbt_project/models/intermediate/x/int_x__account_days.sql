{# X has no days of an account: they are the sums over its posts. #}
with summed as (
    select
        workspace_id,
        account_id,
        as_of_date,
        {{ each_metric('sum({})::bigint') }},
        sum(profile_visits)::bigint as profile_visits,
        max(observed_at) as observed_at
    from {{ ref('int_x__post_days') }}
    group by workspace_id, account_id, as_of_date
)

select
    *,
    {{ engagements() }} as engagements,
    'posts' as basis,
    null::bigint as followers,
    null::bigint as followers_gained,
    null::bigint as followers_lost
from summed
