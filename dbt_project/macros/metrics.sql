{# The nine counters that networks may offer, in the order of every model. #}
{% macro metrics() -%}
    {{ return(['impressions', 'reach', 'views', 'reactions', 'likes', 'comments', 'shares', 'saves', 'clicks']) }}
{%- endmacro %}

{# The nine as columns: those that a network offers, and NULL for those that it does not. #}
{% macro metric_columns(offered=none) -%}
    {%- for metric in metrics() -%}
        {%- if offered is none or metric in offered -%}
            {{ metric }}
        {%- else -%}
            null::bigint as {{ metric }}
        {%- endif -%}
        {%- if not loop.last %}, {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# The nine, each in an expression: `{}` stands for the column, `suffix` goes behind its name. #}
{% macro each_metric(expression, suffix='') -%}
    {%- for metric in metrics() -%}
        {{ expression.replace('{}', metric) }} as {{ metric }}{{ suffix }}
        {%- if not loop.last %}, {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# Whether a condition holds for any of the nine; NULL is no. #}
{% macro any_metric(condition) -%}
    {%- for metric in metrics() -%}
        {{ condition.replace('{}', metric) }}
        {%- if not loop.last %} or {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# A row that holds one metric by the network's name for it, as columns: `names` maps our metric to theirs. #}
{% macro unpivoted(names, metric='metric', value='value') -%}
    {%- for ours in metrics() -%}
        {%- if ours in names -%}
            case when {{ metric }} = '{{ names[ours] }}' then {{ value }} end as {{ ours }}
        {%- else -%}
            null::bigint as {{ ours }}
        {%- endif -%}
        {%- if not loop.last %}, {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# One metric out of many rows of (metric, value). #}
{% macro named(name) -%}
    max(value) filter (where metric = '{{ name }}')
{%- endmacro %}

{# What people did with a post: unknown where nothing that people do in the open is known. #}
{% macro engagements() -%}
    case
        when coalesce(reactions, likes, comments, shares) is not null then
            coalesce(reactions, likes, 0) + coalesce(comments, 0) + coalesce(shares, 0)
            + coalesce(saves, 0) + coalesce(clicks, 0)
    end
{%- endmacro %}

{#
    Engagements by the people or times that a post was seen: by each denominator, and by the first of reach, impressions
    and views that is known. The version counts up when the arithmetic changes.
#}
{% macro engagement_rates(of) -%}
    {%- for by in ['reach', 'impressions', 'views', 'followers'] -%}
    {{ of }}.engagements / nullif({{ of }}.{{ by }}, 0)::double precision as engagement_rate_by_{{ by }},
    {% endfor -%}
    {{ of }}.engagements / nullif(coalesce({{ of }}.reach, {{ of }}.impressions, {{ of }}.views), 0)::double precision
        as engagement_rate,
    case
        when {{ of }}.engagements is null or coalesce({{ of }}.reach, {{ of }}.impressions, {{ of }}.views, 0) = 0 then null
        when {{ of }}.reach is not null then 'reach'
        when {{ of }}.impressions is not null then 'impressions'
        else 'views'
    end as engagement_rate_by,
    1 as engagement_rate_version
{%- endmacro %}
