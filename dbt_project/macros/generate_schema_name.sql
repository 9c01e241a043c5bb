{# The schemas are exactly those that the migrations made; the past has its own for all but staging. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {%- set name = (custom_schema_name or target.schema) | trim -%}
    {%- if past() -%}
        {{ {'intermediate': 'known_intermediate', 'marts': 'known'}.get(name, name) }}
    {%- else -%}
        {{ name }}
    {%- endif -%}
{%- endmacro %}
