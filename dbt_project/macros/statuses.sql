{#
    From when to when a network offers each of the nine at a grain, by its data sheet: one row per network.
    A name that came in another's place carries the metric on.
#}
{% macro offers(grains) -%}
    select
        platform,
        {{ each_metric("min(coalesce(valid_from, '-infinity')) filter (where metric = '{}')", suffix='_from') }},
        {{ each_metric("max(coalesce(valid_to, 'infinity')) filter (where metric = '{}')", suffix='_until') }}
    from {{ ref('metric_support') }}
    where grain in ('{{ grains | join("', '") }}')
    group by platform
{%- endmacro %}

{#
    The network's clock when a post's figures were last asked for: at the newest answer that it gave, or at the last
    load before the moment, on our clock, at which they were confirmed.
#}
{% macro asked_at(of, confirmed_at) -%}
    greatest({{ of }}.figures_observed_at, (
        select loads.observed_at
        from {{ ref('stg_clientnest__loads') }} as loads
        where loads.account_id = {{ of }}.account_id
            and loads.resource = 'post_metrics'
            and loads.status = 'done'
            and loads.started_at <= {{ confirmed_at }}
        order by loads.started_at desc
        limit 1
    ))
{%- endmacro %}

{#
    Why each of the nine that is NULL is: {"saves": "unsupported"}. Of `offers`, a row of the above; `parked`, the
    metrics that the network refuses to the account; and conditions: whether asking failed last time, whether the
    network answered late enough to know, and whether it tells nothing so long ago. `asked_on` is the day of its newest
    answer.
#}
{% macro why_unknown(of, offers, asked_on, parked, failing, answered, too_old='false') -%}
    jsonb_strip_nulls(jsonb_build_object(
        {%- for metric in metrics() %}
            '{{ metric }}', case
                when {{ of }}.{{ metric }} is not null then null
                when ({{ asked_on }} between {{ offers }}.{{ metric }}_from and {{ offers }}.{{ metric }}_until)
                    is not true or {{ too_old }} then 'unsupported'
                when {{ failing }} or '{{ metric }}' = any({{ parked }}) then 'error'
                when {{ answered }} then 'suppressed'
                else 'not_yet'
            end
            {%- if not loop.last %}, {% endif -%}
        {%- endfor %}
    ))
{%- endmacro %}
