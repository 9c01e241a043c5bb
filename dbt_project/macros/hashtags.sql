{# Days of publication that are due are left out and made anew; see int_hashtag_days_due. #}
{% macro get_incremental_due_hashtag_days_sql(arguments) -%}
    {%- set target_relation = arguments['target_relation'] -%}
    delete from {{ target_relation }} as old
    using {{ intermediate(target_relation, 'int_hashtag_days_due') }} as due
    where old.workspace_id = due.workspace_id
        and old.account_id = due.account_id
        and old.published_date = due.published_date;
    {{ get_incremental_append_sql(arguments) }}
{%- endmacro %}
