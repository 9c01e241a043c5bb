{#
    Forced row-level security on a table, in the transaction that makes it, and what it holds told to the planner: a
    model that reads a table just made would take it for empty. A view has neither of its own.
#}
{% macro secured(relation) -%}
    {%- if model.config.materialized != 'view' -%}
        select app.secure('{{ relation }}'); analyze {{ relation }}
    {%- endif -%}
{%- endmacro %}

{# Readable by the people of its workspace: by its own policy, or by those of what a view stands on. #}
{% macro served(relation) -%}
    {{ secured(relation) }}; grant select on {{ relation }} to nest_app
{%- endmacro %}
