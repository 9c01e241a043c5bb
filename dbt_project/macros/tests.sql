{# Rows for which an equation does not hold. Unknown on either side is no breach. #}
{% test expression_is_true(model, expression) %}
select *
from {{ model }}
where not ({{ expression }})
{% endtest %}

{# Combinations of columns that occur more than once. #}
{% test unique_combination(model, columns) %}
select {{ columns | join(', ') }}
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

{#
    A law is checked on what a run wrote: the posts that it left as they were stood the same test when they were written.
    So a test of a model that is kept post by post reads the posts of the run.
#}
{% macro get_where_subquery(relation) -%}
    {%- set found = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
        | selectattr('alias', 'equalto', relation.identifier) | list if execute else [] -%}
    {%- if found and found[0].config.incremental_strategy in ['by_post', 'due_posts', 'by_post_and_account'] -%}
        (
            select kept.*
            from {{ relation }} as kept
            inner join {{ intermediate(relation, 'int_scope') }} as scope
            on kept.workspace_id = scope.workspace_id and kept.post_key = scope.post_key
        ) as kept
    {%- else -%}
        {{ return(default__get_where_subquery(relation)) }}
    {%- endif -%}
{%- endmacro %}
