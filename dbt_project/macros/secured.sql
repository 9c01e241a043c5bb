{# Forced row-level security on a table, in the transaction that makes it; a view has none of its own. #}
{% macro secured(relation) -%}
    {%- if model.config.materialized != 'view' -%}
        select app.secure('{{ relation }}')
    {%- endif -%}
{%- endmacro %}

{# Readable by the people of its workspace: by its own policy, or by those of what a view stands on. #}
{% macro served(relation) -%}
    {{ secured(relation) }}; grant select on {{ relation }} to nest_app
{%- endmacro %}
