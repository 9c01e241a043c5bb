{{ config(indexes=[
    {'columns': ['workspace_id', 'conversion_id', 'model', 'touchpoint_id'], 'unique': true},
    {'columns': ['workspace_id', 'model', 'converted_date']},
]) }}

with models as (
    {{ attribution_models() }}
),

weighed as (
    select
        journeys.*,
        models.model,
        {{ weight('models.model') }} as weight
    from {{ ref('int_journeys') }} as journeys
    cross join models
),

shared as (
    select
        conversions.workspace_id,
        conversions.conversion_id,
        models.model,
        weighed.touchpoint_id,
        weighed.place,
        coalesce(weighed.touches, 0) as touches,
        coalesce(weighed.weight / sum(weighed.weight) over one_credit, 1) as share,
        conversions.revenue,
        100 * abs(conversions.revenue) as cents
    from {{ ref('int_conversions') }} as conversions
    cross join models
    left join weighed using (conversion_id, model)
    window one_credit as (partition by conversions.conversion_id, models.model)
),

-- Each gets the whole cents of its share; those that lost the most by it get the cents that remain.
dealt as (
    select
        *,
        row_number() over (
            partition by conversion_id, model
            order by cents * share - floor(cents * share) desc, share desc, place
        ) as turn,
        cents - sum(floor(cents * share)) over (partition by conversion_id, model) as remaining
    from shared
)

select
    dealt.workspace_id,
    dealt.conversion_id,
    dealt.model,
    1 as model_version,
    dealt.touchpoint_id,
    touchpoints.kind as touchpoint_kind,
    touchpoints.link_id,
    touchpoints.post_key,
    touchpoints.account_id,
    touchpoints.platform,
    touchpoints.campaign_id,
    touchpoints.touched_at,
    dealt.place::int as place,
    dealt.touches::int as touches,
    conversions.occurred_at as converted_at,
    conversions.occurred_date as converted_date,
    conversions.kind,
    conversions.is_refund,
    dealt.share::double precision as share,
    sign(dealt.revenue) * (floor(dealt.cents * dealt.share) + (dealt.turn <= dealt.remaining)::int) / 100 as revenue,
    conversions.revenue_currency as currency,
    case
        when conversions.revenue is not null then 'observed'
        when conversions.amount is null then 'unsupported'
        else 'not_yet'
    end as revenue_status
from dealt
inner join {{ ref('int_conversions') }} as conversions using (workspace_id, conversion_id)
left join {{ ref('int_touchpoints') }} as touchpoints using (workspace_id, touchpoint_id)
