{# What engagements can be divided by, in the order in which a rate prefers them. #}
{% macro denominators() -%}
    {{ return(['reach', 'impressions', 'views', 'followers']) }}
{%- endmacro %}

{# The spans, ending today at the network, that posts are summed up over; the last one has no beginning. #}
{% macro periods() -%}
    (values ('90_days', 90), ('365_days', 365), ('all', null)) as periods (period, days)
{%- endmacro %}

{# Each of some names, in an expression where `{}` stands for it, one under the other. #}
{% macro each(names, expression) -%}
    {%- for name in names -%}
        {{ expression.replace('{}', name) }}
        {%- if not loop.last %},
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# Sums of the nine and of engagements over rows, each with how many rows know it. A sum over nothing known is NULL. #}
{% macro metric_sums() -%}
    {{ each(metrics() + ['engagements'], 'sum({})::bigint as {}, count({}) as {}_known') }}
{%- endmacro %}

{# The two sums of a rate: of rows that know both engagements and a denominator above zero. #}
{% macro rate_sums() -%}
    {{ each(
        denominators(),
        'sum(engagements) filter (where {} > 0)::bigint as engagements_with_{},'
        ~ ' sum({}) filter (where {} > 0 and engagements is not null)::bigint as {}_with_engagements'
    ) }}
{%- endmacro %}

{# A rate of many rows is one sum over another, never a mean of rates; and of how many rows it is. #}
{% macro rates_of_sums() -%}
    {{ each(
        denominators(),
        'sum(engagements) filter (where {} > 0)::double precision'
        ~ ' / sum({}) filter (where {} > 0 and engagements is not null) as engagement_rate_by_{},'
        ~ ' count(*) filter (where {} > 0 and engagements is not null) as rated_by_{}'
    ) }}
{%- endmacro %}

{# Which denominator most of the rows have; among equals the one that a rate prefers. #}
{% macro commonest_denominator() -%}
    case greatest({{ each(denominators(), 'rated_by_{}') }})
        when 0 then null
        {%- for denominator in denominators() %}
            when rated_by_{{ denominator }} then '{{ denominator }}'
        {%- endfor %}
    end
{%- endmacro %}

{# The rate by the denominator that a column names. #}
{% macro rate_by(denominator) -%}
    case {{ denominator }}
        {%- for name in denominators() %}
            when '{{ name }}' then engagement_rate_by_{{ name }}
        {%- endfor %}
    end
{%- endmacro %}

{# The first and the last of some days on which a figure is known, and how many there are; one row is one day. #}
{% macro spans(names, day) -%}
    {{ each(
        names,
        'array[min(' ~ day ~ ') filter (where {} is not null), max(' ~ day ~ ') filter (where {} is not null)] as {}_span,'
        ~ ' count({}) as {}_days'
    ) }}
{%- endmacro %}

{# What posts are held against each other by. #}
{% macro benched() -%}
    {%- set names = ['engagements', 'public_engagements'] -%}
    {%- for denominator in denominators() -%}
        {%- do names.append('engagement_rate_by_' ~ denominator) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{# What formats have a median of: how often posts are met, and what is done with them. #}
{% macro medians() -%}
    {{ return(['impressions', 'reach', 'views', 'engagements']) }}
{%- endmacro %}
