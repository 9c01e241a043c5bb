with days as (
    {{ newest('stg_facebook__account_metrics', ['account_id', 'as_of_date', 'metric']) }}
)

select
    workspace_id,
    account_id,
    as_of_date,
    'daily' as basis,
    null::bigint as impressions,
    {{ named('page_total_media_view_unique') }} as reach,
    {{ named('page_media_view') }} as views,
    null::bigint as reactions,
    null::bigint as likes,
    null::bigint as comments,
    null::bigint as shares,
    null::bigint as saves,
    null::bigint as clicks,
    -- Facebook counts what people did with the Page's posts, and does not say what it was.
    {{ named('page_post_engagements') }} as engagements,
    {{ named('page_views_total') }} as profile_visits,
    {{ named('page_follows') }} as followers,
    {{ named('page_daily_follows_unique') }} as followers_gained,
    {{ named('page_daily_unfollows_unique') }} as followers_lost,
    max(observed_at) as observed_at
from days
group by workspace_id, account_id, as_of_date
