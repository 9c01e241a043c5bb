{#
    A view is made anew only when its SQL changed: what stands on it, the views of the past too, stays. Who reads it
    reads with their own rights, so row-level security holds through it.
#}
{% materialization view, adapter='postgres' %}
    {%- set made_of = 'made of ' ~ local_md5(sql) -%}
    {%- set found = run_query("select obj_description(to_regclass('" ~ this ~ "'), 'pg_class')").rows[0][0] -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if found == made_of -%}
        {%- call statement('main') -%}
            select 'unchanged'
        {%- endcall -%}
    {%- else -%}
        {%- set existing = load_cached_relation(this) -%}
        {%- if existing is not none -%}
            {%- do adapter.drop_relation(existing) -%}
        {%- endif -%}
        {%- call statement('main') -%}
            create view {{ this }} with (security_invoker = true) as (
            {{ sql }}
            );
            comment on view {{ this }} is '{{ made_of }}'
        {%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}
