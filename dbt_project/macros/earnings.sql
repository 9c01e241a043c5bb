{#
    Whether a row counts. In the target `known`: it was recorded by the moment asked about on our clock, and, where it
    tells when it happened, had happened by the moment asked about.
#}
{% macro told(recorded, happened=none) -%}
    {%- if past() -%}
        {{ recorded }} <= app.recorded_at(){% if happened %} and {{ happened }} <= app.known_at(){% endif %}
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# Kept as rows, since several models read it; a view where the past is asked about. #}
{% macro stored() -%}
    {{ return('view' if past() else 'table') }}
{%- endmacro %}

{# What one euro was worth in a currency on a day: the last rate of the week up to it; unknown without one. #}
{% macro per_euro(currency, day) -%}
    case
        when {{ currency }} = 'EUR' then 1
        else (
            select rates.per_euro
            from {{ ref('stg_clientnest__exchange_rates') }} as rates
            where rates.currency = {{ currency }} and rates.day between {{ day }} - 7 and {{ day }}
            order by rates.day desc
            limit 1
        )
    end
{%- endmacro %}

{#
    An amount in another currency at the rates of the day, to the hundredth, half away from zero; unknown without a
    rate. An amount in the currency itself needs none.
#}
{% macro exchanged(amount, currency, wanted, day) -%}
    round(
        case
            when {{ currency }} = {{ wanted }} then {{ amount }}
            else {{ amount }} * {{ per_euro(wanted, day) }} / {{ per_euro(currency, day) }}
        end, 2
    )
{%- endmacro %}

{#
    A parameter of an address as the bytes that it stands for, NULL where it is absent or empty. Bytes, since what
    somebody wrote into an address need not be text.
#}
{% macro address_parameter(address, name) -%}
    (
        select
            string_agg(
                case
                    when length(parts.part[1]) = 3 then decode(substr(parts.part[1], 2), 'hex')
                    else convert_to(parts.part[1], 'UTF8')
                end, ''::bytea
                order by parts.place
            )
        from regexp_matches(
            replace(substring({{ address }} from '[?&]{{ name }}=([^&#]*)'), '+', ' '), '%[0-9A-Fa-f]{2}|.', 'g'
        ) with ordinality as parts (part, place)
    )
{%- endmacro %}

{# The four parameters that make links known by their address, in the order of every model. #}
{% macro utm_parameters() -%}
    {{ return(['utm_source', 'utm_medium', 'utm_campaign', 'utm_content']) }}
{%- endmacro %}

{# The four as an address has them. #}
{% macro utm_in(address) -%}
    array[
        {%- for name in utm_parameters() -%}
            {{ address_parameter(address, name) }}{% if not loop.last %}, {% endif -%}
        {%- endfor -%}
    ]
{%- endmacro %}

{# What a visitor's address said, to be compared with `int_links.utm`. #}
{% macro utm_of(row) -%}
    array[
        {%- for name in utm_parameters() -%}
            nullif(convert_to({{ row }}.{{ name }}, 'UTF8'), ''::bytea){% if not loop.last %}, {% endif -%}
        {%- endfor -%}
    ]
{%- endmacro %}

{# How a model of attribution weighs a touch: `place` of `touches` in order, `age` days before the conversion. #}
{% macro weight(model) -%}
    case {{ model }}
        when 'last_touch' then (place = touches)::int::numeric
        when 'first_touch' then (place = 1)::int::numeric
        when 'linear' then 1
        when 'time_decay' then power(0.5, age / half_life)
        when 'position' then
            case
                when touches <= 2 then 1
                when place in (1, touches) then 0.4
                else 0.2 / (touches - 2)
            end
    end
{%- endmacro %}

{# Every model of attribution, one row each. #}
{% macro attribution_models() -%}
    select unnest(array['last_touch', 'first_touch', 'linear', 'time_decay', 'position']) as model
{%- endmacro %}

{# The two bounds of the 95 % interval of a share of `n` (Wilson): `sign` is - or +. #}
{% macro wilson(k, n, sign) -%}
    {%- set z = '1.959964' -%}
    case
        when {{ n }} > 0 and {{ k }} between 0 and {{ n }} then
            (
                {{ k }} / {{ n }} + {{ z }} ^ 2 / (2 * {{ n }})
                {{ sign }} {{ z }} * sqrt(
                    {{ k }} / {{ n }} * (1 - {{ k }} / {{ n }}) / {{ n }} + ({{ z }} / (2 * {{ n }})) ^ 2
                )
            ) / (1 + {{ z }} ^ 2 / {{ n }})
    end
{%- endmacro %}

{#
    The two bounds of the 95 % interval of a mean per click whose logarithm is taken as normal, from the sum, the sum of
    squares and the number of clicks. None under five conversions: their spread says nothing yet.
#}
{% macro around_mean(total, squares, n, conversions, sign) -%}
    case
        when {{ total }} > 0 and {{ n }} > 1 and {{ conversions }} >= 5 then
            {{ total }} / {{ n }} * exp(
                {{ sign }} 1.959964
                * sqrt(greatest({{ squares }} - {{ total }} ^ 2 / {{ n }}, 0) / ({{ n }} - 1) * {{ n }}) / {{ total }}
            )
    end
{%- endmacro %}

{#
    Money out and money in by post or by campaign, under each model: one row per `key` and model. Whoever changes a
    formula here changes it in `clientnest/marts/earnings.py`, which takes it over the days that are asked about.
#}
{% macro returns(key) -%}
    with models as (
        {{ attribution_models() }}
    ),

    tracked as (
        select
            workspace_id,
            {{ key }},
            count(*) as links,
            bool_or(is_short) as is_counted
        from {{ ref('int_links') }}
        where {{ key }} is not null
        group by workspace_id, {{ key }}
    ),

    touched as (
        select
            workspace_id,
            {{ key }},
            count(*) filter (where kind in ('click', 'visit')) as clicks,
            count(*) filter (where kind = 'visit') as visits
        from {{ ref('int_touchpoints') }}
        where {{ key }} is not null
        group by workspace_id, {{ key }}
    ),

    credited as (
        select
            workspace_id,
            {{ key }},
            model,
            sum(share) filter (where not is_refund) as conversions,
            sum(share) filter (where is_refund) as refunds,
            sum(revenue) as revenue,
            count(*) filter (where revenue_status = 'not_yet' and share > 0) as unknown,
            sum(share) filter (where not is_refund and touchpoint_kind <> 'conversion') as clicked_conversions,
            sum(revenue) filter (where touchpoint_kind <> 'conversion') as clicked_revenue,
            sum(revenue ^ 2) filter (where touchpoint_kind <> 'conversion') as clicked_squares
        from {{ ref('attribution') }}
        where {{ key }} is not null
        group by workspace_id, {{ key }}, model
    ),

    spent as (
        select
            workspace_id,
            {{ key }},
            count(*) as costs,
            case when count(*) = count(cost) then sum(cost) end as cost
        from {{ ref('costs') }}
        where {{ key }} is not null
        group by workspace_id, {{ key }}
    ),

    keys as (
        select workspace_id, {{ key }} from tracked
        union
        select workspace_id, {{ key }} from touched
        union
        select workspace_id, {{ key }} from spent
    ),

    visiting as (
        select distinct workspace_id from {{ ref('stg_clientnest__visits') }} as visits
        where {{ told('visits.received_at', 'visits.visited_at') }}
    ),

    converting as (
        select distinct workspace_id from {{ ref('stg_clientnest__conversion_sources') }} as sources
        where {{ told('sources.created_at') }}
    ),

    known as (
        select
            keys.*,
            models.model,
            workspaces.currency,
            coalesce(tracked.links, 0) as links,
            coalesce(spent.costs, 0) as costs,
            spent.cost,
            tracked.links > 0 and (tracked.is_counted or visiting.workspace_id is not null) as has_clicks,
            tracked.links > 0 and visiting.workspace_id is not null as has_visits,
            tracked.links > 0 and converting.workspace_id is not null as has_conversions,
            coalesce(touched.clicks, 0) as clicks,
            coalesce(touched.visits, 0) as visits,
            coalesce(credited.conversions, 0) as conversions,
            coalesce(credited.refunds, 0) as refunds,
            coalesce(credited.revenue, 0) as revenue,
            coalesce(credited.unknown, 0) = 0 as has_rates,
            coalesce(credited.clicked_conversions, 0) as clicked_conversions,
            coalesce(credited.clicked_revenue, 0) as clicked_revenue,
            coalesce(credited.clicked_squares, 0) as clicked_squares
        from keys
        cross join models
        inner join {{ ref('stg_clientnest__workspaces') }} as workspaces using (workspace_id)
        left join tracked using (workspace_id, {{ key }})
        left join touched using (workspace_id, {{ key }})
        left join credited using (workspace_id, {{ key }}, model)
        left join spent using (workspace_id, {{ key }})
        left join visiting using (workspace_id)
        left join converting using (workspace_id)
    ),

    -- What nobody counts is unknown; what somebody counts and did not happen is zero.
    measured as (
        select
            workspace_id,
            {{ key }},
            model,
            currency,
            links,
            costs,
            case when has_clicks then clicks end as clicks,
            case when has_visits then visits end as visits,
            case when has_conversions then conversions end as conversions,
            case when has_conversions then refunds end as refunds,
            case when has_conversions and has_rates then revenue end as revenue,
            cost,
            case when has_conversions and has_clicks then clicked_conversions end as clicked_conversions,
            case when has_conversions and has_clicks and has_rates then clicked_revenue end as clicked_revenue,
            case when has_conversions and has_clicks and has_rates then clicked_squares end as clicked_squares
        from known
    ),

    rated as (
        select
            *,
            {{ wilson('clicked_conversions', 'clicks', '-') }} as conversion_rate_low,
            {{ wilson('clicked_conversions', 'clicks', '+') }} as conversion_rate_high,
            {{ around_mean('clicked_revenue', 'clicked_squares', 'clicks', 'clicked_conversions', '-') }}
                as revenue_per_click_low,
            {{ around_mean('clicked_revenue', 'clicked_squares', 'clicks', 'clicked_conversions', '+') }}
                as revenue_per_click_high
        from measured
    )

    select
        workspace_id,
        {{ key }},
        model,
        1 as model_version,
        currency,
        links,
        costs,
        clicks,
        visits,
        conversions,
        refunds,
        revenue,
        cost,
        revenue - cost as profit,
        ((revenue - cost) / nullif(cost, 0))::double precision as roi,
        ((revenue_per_click_low * clicks + (revenue - clicked_revenue) - cost) / nullif(cost, 0))::double precision
            as roi_low,
        ((revenue_per_click_high * clicks + (revenue - clicked_revenue) - cost) / nullif(cost, 0))::double precision
            as roi_high,
        (revenue / nullif(cost, 0))::double precision as roas,
        (cost / nullif(clicks, 0))::double precision as cost_per_click,
        cost::double precision / nullif(conversions, 0) as cost_per_conversion,
        clicked_conversions / nullif(clicks, 0) as conversion_rate,
        conversion_rate_low::double precision as conversion_rate_low,
        conversion_rate_high::double precision as conversion_rate_high,
        (clicked_revenue / nullif(clicks, 0))::double precision as revenue_per_click,
        revenue_per_click_low::double precision as revenue_per_click_low,
        revenue_per_click_high::double precision as revenue_per_click_high,
        jsonb_strip_nulls(
            jsonb_build_object(
                'clicks', case when clicks is null then 'unsupported' end,
                'visits', case when visits is null then case when links = 0 then 'unsupported' else 'not_yet' end end,
                'conversions',
                case when conversions is null then case when links = 0 then 'unsupported' else 'not_yet' end end,
                'revenue', case when revenue is null then case when links = 0 then 'unsupported' else 'not_yet' end end,
                'cost', case when cost is null then 'not_yet' end
            )
        ) as why_unknown
    from rated
{%- endmacro %}
