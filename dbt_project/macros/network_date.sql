{# Where a network ends its days. `platform` is SQL: a column, or a name in quotes. #}
{% macro day_zone(platform) -%}
    (select clock.zone from {{ ref('platforms') }} as clock (network, zone, lag) where clock.network = {{ platform }})
{%- endmacro %}

{# The day that a moment belongs to at the network; `zone` where the sheet is joined already. #}
{% macro network_date(platform, moment, zone=none) -%}
    ({{ moment }} at time zone {{ zone or day_zone(platform) }})::date
{%- endmacro %}
