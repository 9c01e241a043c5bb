{#
    What changed from one day to the next on a post whose network tells lifetime figures only: the last
    observation of a day less the last one before it. What the first one holds stays on the day it was seen.
#}
with last_of_day as (
    select distinct on (workspace_id, post_key, as_of_date)
        *,
        dense_rank() over (partition by workspace_id, post_key order by as_of_date) as place
    from ({{ in_scope('post_lifetime') }}) as observations
    -- Of two lines of a file about one day the later one is the one with more views.
    order by
        workspace_id, post_key, as_of_date, observed_at desc, views desc nulls last, lake_path desc, lake_record desc
),

before as (
    select
        *,
        lag(observed_at) over (partition by workspace_id, post_key order by place) as observed_before_at,
        {{ each_metric(last_in('{}', 'earlier'), suffix='_before') }}
    from last_of_day
    window earlier as (
        partition by workspace_id, post_key
        order by place rows between unbounded preceding and 1 preceding
    )
)

select
    workspace_id,
    post_key,
    account_id,
    platform,
    external_id,
    source,
    as_of_date,
    observed_before_at,
    observed_at,
    case when observed_before_at is null then 'first' else 'difference' end as basis,
    {{ each_metric('{} - coalesce({}_before, 0)') }}
from before
