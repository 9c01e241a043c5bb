{{ config(kept('delete+insert', unique_key=['workspace_id', 'account_id', 'as_of_date'])) }}

{# X has no days of an account: they are the sums over its posts. A post of this run renews the days that it has. #}
with days as (
    select distinct
        workspace_id,
        account_id,
        as_of_date
    from ({{ in_scope('post_metrics_daily') }}) as told
    where platform = 'x' and basis = 'daily'
),

summed as (
    select
        told.workspace_id,
        told.account_id,
        told.as_of_date,
        {{ each_metric('sum(told.{})::bigint') }},
        sum(told.profile_visits)::bigint as profile_visits,
        max(told.observed_at) as observed_at
    from {{ ref('post_metrics_daily') }} as told
    inner join days using (workspace_id, account_id, as_of_date)
    where told.basis = 'daily'
    group by told.workspace_id, told.account_id, told.as_of_date
)

select
    *,
    {{ engagements() }} as engagements,
    'posts' as basis,
    null::bigint as followers,
    null::bigint as followers_gained,
    null::bigint as followers_lost
from summed
