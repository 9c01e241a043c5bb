{{ config(materialized=stored(), indexes=[{'columns': ['conversion_id']}]) }}

with conversions as (
    select * from {{ ref('int_conversions') }}
),

touchpoints as (
    select * from {{ ref('int_touchpoints') }}
),

-- Who it was: as the conversion says, and whoever came by the click that it names.
visitors as (
    select
        workspace_id,
        conversion_id,
        visitor
    from conversions
    where visitor is not null
    union
    select
        conversions.workspace_id,
        conversions.conversion_id,
        touchpoints.visitor
    from conversions
    inner join touchpoints using (workspace_id, click_id)
    where touchpoints.visitor is not null
),

met as (
    select
        visitors.conversion_id,
        touchpoints.touchpoint_id,
        touchpoints.touched_at
    from visitors
    inner join touchpoints using (workspace_id, visitor)
    union
    select
        conversions.conversion_id,
        touchpoints.touchpoint_id,
        touchpoints.touched_at
    from conversions
    inner join touchpoints using (workspace_id, click_id)
    union
    select
        conversions.conversion_id,
        touchpoints.touchpoint_id,
        touchpoints.touched_at
    from conversions
    inner join touchpoints
    on conversions.workspace_id = touchpoints.workspace_id and conversions.conversion_id = touchpoints.touchpoint_id
),

within_reach as (
    select
        conversions.conversion_id,
        met.touchpoint_id,
        met.touched_at,
        (extract(epoch from conversions.occurred_at - met.touched_at) / 86400)::numeric as age,
        greatest(conversions.attribution_half_life_days, 1)::numeric as half_life
    from conversions
    inner join met using (conversion_id)
    where
        met.touched_at <= conversions.occurred_at
        and met.touched_at >= conversions.occurred_at - make_interval(days => conversions.attribution_days)
),

-- A refund takes back from those who had the credit.
owed as (
    select
        conversions.workspace_id,
        conversions.conversion_id,
        coalesce(conversions.refund_of, conversions.conversion_id) as journey_of
    from conversions
)

select
    owed.workspace_id,
    owed.conversion_id,
    within_reach.touchpoint_id,
    within_reach.touched_at,
    within_reach.age,
    within_reach.half_life,
    row_number() over journey as place,
    count(*) over (partition by owed.conversion_id) as touches
from owed
inner join within_reach on owed.journey_of = within_reach.conversion_id
window journey as (partition by owed.conversion_id order by within_reach.touched_at, within_reach.touchpoint_id)
