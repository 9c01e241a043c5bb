{{ config(indexes=[{'columns': ['workspace_id', 'platform', 'grain', 'metric'], 'unique': true}]) }}

{#
    What each connected network of a brand offers, by its data sheet on the day of its newest answer. What several
    networks can be compared by is what is offered in every one of their rows; the others are what is left out.
#}
with connected as (
    select
        accounts.workspace_id,
        accounts.platform,
        count(distinct accounts.account_id) as accounts,
        max(clocks.today) as as_of_date
    from {{ ref('accounts') }} as accounts
    left join {{ ref('int_account_clocks') }} as clocks using (workspace_id, account_id)
    where accounts.source = 'api' and accounts.status <> 'disconnected'
    group by accounts.workspace_id, accounts.platform
),

-- A network without days of accounts has those of its posts, which are added up.
sheets as (
    select
        *,
        case
            when grain <> 'post_daily' then grain
            when bool_or(grain = 'account_daily') over (partition by platform) then null
            else 'account_daily'
        end as told_at
    from {{ ref('metric_support') }}
),

offered as (
    select
        connected.workspace_id,
        connected.platform,
        connected.accounts,
        connected.as_of_date,
        grains.grain,
        array_remove(array_agg(distinct sheets.metric order by sheets.metric), null) as metrics
    from connected
    cross join (values ('post_lifetime'), ('account_daily')) as grains (grain)
    left join sheets
    on
        connected.platform = sheets.platform
        and (grains.grain = sheets.told_at or (sheets.metric = 'followers' and sheets.told_at = 'account_lifetime'))
        and coalesce(connected.as_of_date, 'infinity')
        between coalesce(sheets.valid_from, '-infinity') and coalesce(sheets.valid_to, 'infinity')
    group by connected.workspace_id, connected.platform, connected.accounts, connected.as_of_date, grains.grain
),

parts as (
    select
        *,
        array(
            select part
            from
                unnest(array['reactions', 'likes', 'comments', 'shares', 'saves', 'clicks'])
                with ordinality as known (part, place)
            where part = any(metrics) and not (part = 'likes' and 'reactions' = any(metrics))
            order by place
        ) as parts
    from offered
),

asked as (
    select
        parts.*,
        -- Days of some accounts have a total and no parts.
        parts.parts && array['reactions', 'likes', 'comments', 'shares']
        or (parts.grain = 'account_daily' and 'engagements' = any(parts.metrics)) as has_engagements,
        wanted.metric,
        wanted.denominator
    from parts
    cross join
        (
            values
            {{ each(metrics() + ['engagements', 'followers'], "('{}', null)") }},
            {{ each(denominators(), "('engagement_rate_by_{}', '{}')") }}
        ) as wanted (metric, denominator)
)

select
    workspace_id,
    platform,
    accounts,
    grain,
    metric,
    case
        when metric = 'engagements' then has_engagements
        when denominator is null then metric = any(metrics)
        else has_engagements and denominator = any(metrics)
    end as is_offered,
    case when metric = 'engagements' or denominator is not null then parts end as parts,
    as_of_date
from asked
