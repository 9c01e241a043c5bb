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

{#
    A law is asked of what a run wrote: what it left as it was stood the same question when it was written. `dbt test` by
    itself asks it of everything. The rows of a model that is kept post by post:
#}
{% macro checked(model) -%}
    {%- if flags.WHICH == 'build' -%}
        {{ in_scope(model) }}
    {%- else -%}
        select kept.*
        from {{ ref(model) }} as kept
    {%- endif -%}
{%- endmacro %}

{#
    Every answer about posts of this run, or of all so far, as a network gave it: one row of `raw`. A whole answer has
    all counters of the post, others have one of them, or one day.
#}
{% macro answers_about_posts() -%}
    {%- set whole = [
        'stg_bluesky__post_metrics',
        'stg_facebook__post_metrics',
        'stg_linkedin__post_metrics',
        'stg_tiktok__post_metrics',
        'stg_x__post_metrics',
        'stg_youtube__post_metrics',
    ] -%}
    {%- set in_part = [
        'stg_facebook__post_metrics_insights',
        'stg_instagram__post_metrics',
        'stg_linkedin__post_metrics_person',
        'stg_x__post_metrics_daily',
    ] -%}
    {%- for model in whole + in_part -%}
        select
            '{{ model }}' as model,
            {{ model in whole }} as is_whole,
            told.account_id,
            told.external_id,
            told.observed_at,
            told.loaded_at,
            told.row_hash,
            told.lake_page,
            told.lake_record
        from {{ modelled(model) }}
        {% if not loop.last %}union all
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# A staging model as `told`, and what of it was modelled: by this run, or by all so far. #}
{% macro modelled(model) -%}
    {%- if flags.WHICH == 'build' -%}
        {{ in_question(model, 'post') }}
    {%- else -%}
        {{ ref(model) }} as told
        where told.loaded_at <= {{ modelled_at() }}
    {%- endif -%}
{%- endmacro %}

{# What every mart of dated figures says of its times; an imported file has only the day that it names. #}
{% macro dated_figures() -%}
    {%- set by_post = ['post_lifetime', 'post_metrics_daily'] -%}
    {%- set others = ['account_metrics_daily', 'audience_daily'] -%}
    {%- for mart in by_post + others -%}
        select
            '{{ mart }}' as model,
            account_id,
            as_of_date,
            observed_at
        from ({{ checked(mart) if mart in by_post else 'select * from ' ~ ref(mart) }}) as figures
        inner join {{ ref('stg_clientnest__accounts') }} as accounts using (workspace_id, account_id)
        where accounts.source = 'api'
        {% if not loop.last %}union all
        {% endif -%}
    {%- endfor -%}
{%- endmacro %}
