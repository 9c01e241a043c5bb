{{ config(indexes=[
    {'columns': ['workspace_id', 'conversion_id'], 'unique': true},
    {'columns': ['workspace_id', 'occurred_date']},
]) }}

with journeys as (
    select
        workspace_id,
        conversion_id,
        count(*)::int as touches
    from {{ ref('int_journeys') }}
    group by workspace_id, conversion_id
)

select
    conversions.workspace_id,
    conversions.conversion_id,
    conversions.source_id,
    sources.kind as source_kind,
    sources.name as source_name,
    conversions.event_id,
    conversions.order_id,
    conversions.kind,
    conversions.is_refund,
    conversions.refund_of,
    conversions.occurred_at,
    conversions.occurred_date,
    conversions.received_at,
    conversions.told_by,
    conversions.amount,
    conversions.currency,
    conversions.revenue,
    conversions.revenue_currency,
    case
        when conversions.revenue is not null then 'observed'
        when conversions.amount is null then 'unsupported'
        else 'not_yet'
    end as revenue_status,
    coalesce(journeys.touches, 0) as touches
from {{ ref('int_conversions') }} as conversions
inner join {{ ref('stg_clientnest__conversion_sources') }} as sources using (workspace_id, source_id)
left join journeys using (workspace_id, conversion_id)
