{{ config(materialized=stored(), indexes=[{'columns': ['conversion_id']}]) }}

with conversions as (
    select
        conversions.*,
        conversions.kind = 'refund' or coalesce(conversions.amount < 0, false) as is_refund
    from {{ ref('stg_clientnest__conversions') }} as conversions
    where {{ told('conversions.received_at', 'conversions.occurred_at') }}
),

numbered as (
    select
        *,
        row_number() over (
            partition by workspace_id, source_id, order_id, kind, amount, currency
            order by occurred_at, conversion_id
        ) as nth
    from conversions
),

placed as (
    select
        *,
        first_value(conversion_id) over one_order as first_id,
        first_value(source_id) over one_order as first_source_id,
        first_value(occurred_at) over one_order as first_at
    from numbered
    window one_order as (
        partition by workspace_id, order_id, kind, amount, currency, nth
        order by received_at, conversion_id
    )
),

-- One order that two sources tell within a day is one conversion: that of the source that told first.
sorted as (
    select
        *,
        case
            when
                order_id is not null and source_id <> first_source_id
                and occurred_at between first_at - interval '1 day' and first_at + interval '1 day'
                then first_id
            else conversion_id
        end as same_as
    from placed
),

-- What one source knows of the visitor and another does not, all know.
merged as (
    select
        same_as as conversion_id,
        count(*)::int as told_by,
        (array_agg(visitor order by received_at, conversion_id) filter (where visitor is not null))[1] as visitor,
        (array_agg(click_id order by received_at, conversion_id) filter (where click_id is not null))[1] as click_id
    from sorted
    group by same_as
),

-- A refund names the order, or the event, that it takes back.
names as (
    select
        workspace_id,
        order_id as name,
        conversion_id,
        occurred_at,
        same_as
    from sorted
    where not is_refund and order_id is not null
    union
    select
        workspace_id,
        event_id as name,
        conversion_id,
        occurred_at,
        same_as
    from sorted
    where not is_refund
),

refunds as (
    select distinct on (sorted.conversion_id)
        sorted.conversion_id,
        names.same_as as refund_of
    from sorted
    inner join names on sorted.workspace_id = names.workspace_id and sorted.order_id = names.name
    where sorted.is_refund and names.occurred_at <= sorted.occurred_at
    order by sorted.conversion_id, names.occurred_at, names.conversion_id
),

priced as (
    select
        sorted.*,
        workspaces.currency as revenue_currency,
        workspaces.attribution_days,
        workspaces.attribution_half_life_days,
        (sorted.occurred_at at time zone 'UTC')::date as occurred_date
    from sorted
    inner join {{ ref('stg_clientnest__workspaces') }} as workspaces using (workspace_id)
    where sorted.conversion_id = sorted.same_as
)

select
    priced.workspace_id,
    priced.conversion_id,
    priced.source_id,
    priced.event_id,
    priced.order_id,
    priced.kind,
    priced.is_refund,
    refunds.refund_of,
    priced.occurred_at,
    priced.occurred_date,
    priced.received_at,
    merged.told_by,
    merged.visitor,
    merged.click_id,
    priced.amount,
    priced.currency,
    priced.revenue_currency,
    {{ exchanged('priced.amount', 'priced.currency', 'priced.revenue_currency', 'priced.occurred_date') }} as revenue,
    priced.attribution_days,
    priced.attribution_half_life_days
from priced
inner join merged using (conversion_id)
left join refunds using (conversion_id)
