{# What sqlfluff knows of `config` takes no dictionary, as dbt's does; it says nothing about the style either way. #}
{% macro config() -%}
    {%- set _ = (varargs, kwargs) -%}
{%- endmacro %}
