{{ config(indexes=[
    {'columns': ['workspace_id', 'platform', 'competitor_id', 'as_of_date'], 'unique': true},
]) }}

{#
    A competitor on every day that it was looked up. What did not change is not written down again, so a look-up that
    ended well on a day without a row of its own stands for the row before: as long as a later one shows that the
    competitor was still asked about, or as it still is.
#}
with changes as (
    select
        *,
        lead(as_of_date) over (partition by account_id, competitor_id order by as_of_date) as next_date
    from {{ ref('int_competitor_days') }}
),

looked_up as (
    select
        loads.account_id,
        {{ network_date('accounts.platform', 'loads.observed_at') }} as as_of_date,
        max(loads.observed_at) as observed_at
    from {{ ref('stg_clientnest__loads') }} as loads
    inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
    where
        loads.resource = 'competitors'
        and loads.status = 'done'
        and loads.observed_at is not null {% if past() %}and {{ loaded_by_then('loads') }}{% endif %}
    group by loads.account_id, accounts.platform, as_of_date
),

unchanged as (
    select
        changes.*,
        looked_up.as_of_date as looked_up_on,
        looked_up.observed_at as looked_up_at
    from changes
    inner join looked_up
    on
        changes.account_id = looked_up.account_id
        and changes.as_of_date < looked_up.as_of_date
        and looked_up.as_of_date < coalesce(changes.next_date, 'infinity')
    where
        changes.next_date is not null
        or exists (
            select 1
            from {{ ref('stg_clientnest__competitors') }} as followed
            where
                followed.workspace_id = changes.workspace_id
                and followed.platform = changes.platform
                and lower(followed.handle) in (lower(changes.handle), lower(changes.competitor_id))
        )
),

days as (
    select
        changes.*,
        changes.as_of_date as looked_up_on,
        changes.observed_at as looked_up_at
    from changes

    union all

    select * from unchanged
),

-- Two accounts of a brand may look up the same competitor: the later answer of a day counts.
seen as (
    select distinct on (workspace_id, platform, competitor_id, looked_up_on) *
    from days
    order by workspace_id, platform, competitor_id, looked_up_on, looked_up_at desc, observed_at desc, account_id
)

select
    today.workspace_id,
    today.platform,
    today.competitor_id,
    today.handle,
    coalesce(today.name, today.handle) as name,
    today.looked_up_on as as_of_date,
    today.followers,
    today.following,
    today.posts_count,
    today.views,
    today.followers - yesterday.followers as followers_growth,
    today.posts_count - yesterday.posts_count as posts_growth,
    today.looked_up_at as observed_at
from seen as today
left join seen as yesterday
on
    today.workspace_id = yesterday.workspace_id
    and today.platform = yesterday.platform
    and today.competitor_id = yesterday.competitor_id
    and today.looked_up_on - 1 = yesterday.looked_up_on
