{# A removal is told without anything that touches the account: what it changes is found by difference. #}
{% macro renew_removals(comments) -%}
    {%- if not past() -%}
        update {{ comments }} as told
        set deleted_at = removals.deleted_at
        from {{ ref('int_comment_removals') }} as removals
        where told.account_id = removals.account_id and told.external_id = removals.external_id
            and removals.deleted_at >= told.observed_at
            and told.deleted_at is distinct from removals.deleted_at
    {%- endif -%}
{%- endmacro %}
