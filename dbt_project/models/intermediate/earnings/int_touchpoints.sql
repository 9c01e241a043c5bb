{{ config(materialized=stored(), indexes=[
    {'columns': ['touchpoint_id']},
    {'columns': ['workspace_id', 'visitor']},
    {'columns': ['click_id']},
]) }}

with clicks as (
    select clicks.*
    from {{ ref('stg_clientnest__link_clicks') }} as clicks
    where {{ told('clicks.received_at', 'clicks.clicked_at') }}
),

-- One click brings a visitor once, however often their page is loaded.
visits as (
    select distinct on (visits.workspace_id, visits.visitor, coalesce(visits.click_id, visits.visit_id))
        visits.*,
        {{ utm_of('visits') }} as utm
    from {{ ref('stg_clientnest__visits') }} as visits
    where {{ told('visits.received_at', 'visits.visited_at') }}
    order by
        visits.workspace_id, visits.visitor, coalesce(visits.click_id, visits.visit_id), visits.visited_at,
        visits.visit_id
),

-- Where nobody else is known to have come, what was bought says itself by which address.
conversions as (
    select
        conversions.*,
        {{ utm_of('conversions') }} as utm
    from {{ ref('stg_clientnest__conversions') }} as conversions
    where
        conversions.visitor is null and conversions.click_id is null
        and {{ told('conversions.received_at', 'conversions.occurred_at') }}
),

touches as (
    select
        visits.workspace_id,
        visits.visit_id as touchpoint_id,
        'visit' as kind,
        visits.visited_at as touched_at,
        visits.visitor,
        visits.click_id,
        clicks.link_id as clicked_link_id,
        visits.utm
    from visits
    left join clicks using (workspace_id, click_id)
    union all
    select
        clicks.workspace_id,
        clicks.click_id as touchpoint_id,
        'click' as kind,
        clicks.clicked_at as touched_at,
        null as visitor,
        clicks.click_id,
        clicks.link_id as clicked_link_id,
        null as utm
    from clicks
    left join visits using (workspace_id, click_id)
    where clicks.bot is null and visits.visit_id is null
    union all
    select
        conversions.workspace_id,
        conversions.conversion_id as touchpoint_id,
        'conversion' as kind,
        conversions.occurred_at as touched_at,
        null as visitor,
        null as click_id,
        null as clicked_link_id,
        conversions.utm
    from conversions
),

led as (
    select
        touches.*,
        coalesce(touches.clicked_link_id, whole.link_id) as link_id,
        coalesce(whole.campaign_id, part.campaign_id) as addressed_campaign_id,
        case
            when touches.clicked_link_id is not null then 'click'
            when whole.utm is not null or part.utm is not null then 'address'
        end as found_by
    from touches
    left join {{ ref('int_addresses') }} as whole
    on
        whole.is_whole
        and touches.clicked_link_id is null
        and touches.workspace_id = whole.workspace_id
        and touches.utm = whole.utm
    left join {{ ref('int_addresses') }} as part
    on
        not part.is_whole
        and touches.clicked_link_id is null
        and whole.utm is null
        and touches.workspace_id = part.workspace_id
        and touches.utm[3] = part.utm[3]
)

select
    led.workspace_id,
    led.touchpoint_id,
    led.kind,
    led.found_by,
    led.touched_at,
    led.visitor,
    led.click_id,
    led.link_id,
    links.post_key,
    links.account_id,
    links.platform,
    coalesce(links.campaign_id, led.addressed_campaign_id) as campaign_id
from led
left join {{ ref('int_links') }} as links using (workspace_id, link_id)
where led.found_by is not null
