{# The day that a moment belongs to where the network ends its days. `platform` is a name, or a column. #}
{% macro network_date(platform, moment) -%}
    {%- set zones = var('day_zones') -%}
    {%- if platform in zones -%}
        ({{ moment }} at time zone '{{ zones[platform] }}')::date
    {%- else -%}
        (
            {{ moment }} at time zone case {{ platform }}
                {%- for name, zone in zones.items() %} when '{{ name }}' then '{{ zone }}'{% endfor %} else 'UTC' end
        )::date
    {%- endif -%}
{%- endmacro %}

{# The moment at which a day begins at the network. #}
{% macro network_midnight(platform, day) -%}
    (
        ({{ day }})::timestamp at time zone case {{ platform }}
            {%- for name, zone in var('day_zones').items() %} when '{{ name }}' then '{{ zone }}'{% endfor %} else 'UTC' end
    )
{%- endmacro %}
