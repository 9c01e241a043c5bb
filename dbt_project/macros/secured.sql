{# Forced row-level security on a table, in the transaction that makes it; a view has none of its own. #}
{% macro secured(relation) -%}
    {%- if model.config.materialized != 'view' -%}
        select app.secure('{{ relation }}')
    {%- endif -%}
{%- endmacro %}

{# A mart: secured, and readable by the people of its workspace. #}
{% macro served(relation) -%}
    {{ secured(relation) }}; grant select on {{ relation }} to nest_app
{%- endmacro %}
