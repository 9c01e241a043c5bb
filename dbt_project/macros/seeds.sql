{#- Seeds are emptied or dropped one after the other: two that a view reads both would wait for each other. -#}
{% macro postgres__reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
    {% do run_query("select pg_advisory_xact_lock(hashtext('clientnest seeds'))") %}
    {{ return(default__reset_csv_table(model, full_refresh, old_relation, agate_table)) }}
{%- endmacro %}
