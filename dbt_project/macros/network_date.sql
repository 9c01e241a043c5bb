{# Where a network ends its days. `platform` is SQL: a column, or a name in quotes. #}
{% macro day_zone(platform) -%}
    case
        when {{ platform }} in ('facebook', 'instagram', 'youtube') then 'America/Los_Angeles'
        else 'UTC'
    end
{%- endmacro %}

{# The day that a moment belongs to at the network. #}
{% macro network_date(platform, moment) -%}
    ({{ moment }} at time zone {{ day_zone(platform) }})::date
{%- endmacro %}

{# The moment at which a day begins at the network. #}
{% macro network_midnight(platform, day) -%}
    ({{ day }})::timestamp at time zone {{ day_zone(platform) }}
{%- endmacro %}
