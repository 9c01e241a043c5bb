with days as (
    {{ newest('stg_instagram__account_metrics', ['account_id', 'as_of_date', 'metric']) }}
),

named as (
    select
        workspace_id,
        account_id,
        as_of_date,
        null::bigint as impressions,
        {{ named('reach') }} as reach,
        {{ named('views') }} as views,
        null::bigint as reactions,
        {{ named('likes') }} as likes,
        {{ named('comments') }} as comments,
        {{ named('shares') }} as shares,
        {{ named('saves') }} as saves,
        null::bigint as clicks,
        null::bigint as profile_visits,
        null::bigint as followers,
        null::bigint as followers_gained,
        null::bigint as followers_lost,
        max(observed_at) as observed_at
    from days
    group by workspace_id, account_id, as_of_date
)

select
    *,
    'daily' as basis,
    {{ engagements() }} as engagements
from named
