{# The newest observation of each thing that `keys` name; one at each moment where these name `observed_at` too. #}
{% macro newest(model, keys, of=none) -%}
    select distinct on ({{ keys | join(', ') }}) *
    from (
        {{ observed(model, keys | reject('equalto', 'observed_at') | list, of) }}
    ) as news
    order by
        {% for key in keys if key != 'observed_at' %}{{ key }}, {% endfor -%}
        observed_at desc, loaded_at desc, lake_page desc, lake_record desc
{%- endmacro %}

{#
    The last known value of a column in a window whose rows are numbered by `place`: NULL does not hide it.
    A running maximum of [place, value] is the pair of the last row that has a value, in one pass.
#}
{% macro last_in(column, window) -%}
    (max(case when {{ column }} is not null then array[place, {{ column }}] end) over {{ window }})[2]
{%- endmacro %}

{#
    A thing's figures come in several answers, and an answer is kept only when it differs from the one before.
    Its state at an observation is therefore the last known value of each figure up to then.
#}
{% macro last_known(relation, keys, columns) -%}
    {%- set thing = ['workspace_id'] + keys -%}
    select distinct on ({{ keys | join(', ') }}, observed_at)
        {{ thing | join(', ') }},
        observed_at,
        {% for column in columns -%}
            {{ last_in(column, 'so_far') }} as {{ column }},
        {% endfor -%}
        lake_path,
        lake_page,
        lake_record
    from (
        select
            *,
            row_number() over (
                partition by {{ keys | join(', ') }}
                order by observed_at, loaded_at, lake_page, lake_record
            ) as place
        from {{ relation }}
    ) as placed
    window so_far as (partition by {{ keys | join(', ') }} order by place)
    order by {{ keys | join(', ') }}, observed_at, place desc
{%- endmacro %}

{# The same columns of several models under each other. #}
{% macro stacked(models, columns) -%}
    {%- for model in models -%}
        select
            {{ columns | join(', ') }}
        from {{ ref(model) }}
        {% if not loop.last %}union all
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# One post on one account, whatever we know of it. #}
{% macro post_key(of='') -%}
    md5({{ of }}account_id::text || '/' || {{ of }}external_id)
{%- endmacro %}
