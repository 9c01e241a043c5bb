{#
    A run models the posts and accounts that were touched since the last one that went well: `int_scope`. The target
    `known` makes views of the same models over everything that was known at the moment that a session asks about.
#}
{% macro past() -%}
    {{ return(target.name == 'known') }}
{%- endmacro %}

{#
    The observations that a staging model holds, of the posts or accounts of this run, or as they were known.
    `thing` names what one thing is: a row that repeats the one before it of the same thing is no news and left out.
#}
{% macro observed(model, thing, of=none) -%}
    {%- set of = of or ('post' if 'external_id' in thing else 'account') -%}
    select *
    from (
        select
            told.*,
            lag(told.row_hash) over (
                partition by {% for key in thing %}told.{{ key }}{% if not loop.last %}, {% endif %}{% endfor %}
                order by told.observed_at, told.loaded_at, told.lake_page, told.lake_record
            ) as hash_before
        from {{ in_question(model, of) }}
    ) as told
    where told.row_hash is distinct from told.hash_before
{%- endmacro %}

{# The lines of imported files: each is an observation of its own, also one that repeats another. #}
{% macro lines(model) -%}
    select told.*
    from {{ in_question(model, 'post') }}
{%- endmacro %}

{# A staging model as `told`, and which of its rows are asked about. #}
{% macro in_question(model, of) -%}
    {%- if past() -%}
        {{ ref(model) }} as told
        where {{ known('told', 'loaded_at') }}
    {%- elif of == 'post' -%}
        {{ ref(model) }} as told
        inner join {{ ref('int_scope') }} as scope
        on told.account_id = scope.account_id and told.external_id = scope.external_id
        where told.loaded_at <= scope.modelled_at
    {%- else -%}
        {{ ref(model) }} as told
        inner join (
            select account_id, max(modelled_at) as modelled_at
            from {{ ref('int_scope') }}
            group by account_id
        ) as scope on told.account_id = scope.account_id
        where told.loaded_at <= scope.modelled_at
    {%- endif -%}
{%- endmacro %}

{#
    Whether something of one's own accounts was known: seen by the network's clock, recorded by ours. An array, since
    that is looked up in an index also where nested loops are off, as they are best for these views: the planner takes
    what comes out of them for a handful of rows.
#}
{% macro known(of, recorded_at) -%}
    {{ of }}.account_id = any(array(select mine.account_id from {{ ref('stg_clientnest__accounts') }} as mine))
        and {{ of }}.observed_at <= (select app.known_at())
        and {{ of }}.{{ recorded_at }} <= (select app.recorded_at())
{%- endmacro %}

{# Whether a load ended by the moment asked about; one that failed saw no clock of the network and counts by its window. #}
{% macro loaded_by_then(of=none) -%}
    {%- set of = of ~ '.' if of else '' -%}
    coalesce({{ of }}kept_at, {{ of }}finished_at, {{ of }}started_at) <= (select app.recorded_at())
        and coalesce({{ of }}observed_at, {{ of }}window_end) <= (select app.known_at())
{%- endmacro %}

{# The rows of a model that is kept post by post, of the posts of this run. #}
{% macro in_scope(model) -%}
    select kept.*
    from {{ ref(model) }} as kept
    {%- if not past() %}
    inner join {{ ref('int_scope') }} as scope
    on kept.workspace_id = scope.workspace_id and kept.post_key = scope.post_key
    {%- endif %}
{%- endmacro %}

{#
    Waits until nothing is being landed, until this transaction ends: whoever lands rows shares the lock from before
    these get their time until they are seen.
#}
{% macro no_landing() -%}
    select pg_advisory_xact_lock(hashtext('clientnest.landing'))
{%- endmacro %}

{# Everything that was recorded by then, on our clock, is modelled. #}
{% macro modelled_at() -%}
    {%- if past() -%}
        least((select app.recorded_at()), now())
    {%- else -%}
        (select max(modelled_at) from {{ ref('int_modelled') }})
    {%- endif -%}
{%- endmacro %}

{# The accounts of this run, or everybody's: a condition. #}
{% macro account_in_scope(of) -%}
    {%- if past() -%}
        true
    {%- else -%}
        {{ of }}.account_id in (select scope.account_id from {{ ref('int_scope') }} as scope)
    {%- endif -%}
{%- endmacro %}

{#
    How a model is kept: made anew for what is in scope, and left as it is for the rest. What is in scope is found by
    index: a disk of today reads pages here and there about as fast as in a row, which the server does not assume.
#}
{% macro kept(strategy, indexes=[], unique_key=none, post_hook=[]) -%}
    {{ return({
        'materialized': 'view' if past() else 'incremental',
        'incremental_strategy': strategy,
        'on_schema_change': 'fail',
        'unique_key': unique_key,
        'indexes': indexes,
        'pre_hook': [] if past() else ['set local random_page_cost = 1.1'],
        'post_hook': post_hook,
    }) }}
{%- endmacro %}

{% macro kept_by_post(indexes=[], post_hook=[]) -%}
    {{ return(kept('by_post', indexes, post_hook=post_hook)) }}
{%- endmacro %}

{% macro kept_by_account(indexes=[], post_hook=[]) -%}
    {{ return(kept('by_account', indexes, post_hook=post_hook)) }}
{%- endmacro %}

{% macro get_incremental_by_post_sql(arguments) -%}
    {%- set target_relation = arguments['target_relation'] -%}
    delete from {{ target_relation }} as old
    using {{ intermediate(target_relation, 'int_scope') }} as scope
    where old.workspace_id = scope.workspace_id and old.post_key = scope.post_key;
    {{ get_incremental_append_sql(arguments) }}
{%- endmacro %}

{% macro get_incremental_due_posts_sql(arguments) -%}
    {%- set target_relation = arguments['target_relation'] -%}
    delete from {{ target_relation }} as old
    using {{ intermediate(target_relation, 'int_posts_due') }} as due
    where old.workspace_id = due.workspace_id and old.post_key = due.post_key;
    {{ get_incremental_append_sql(arguments) }}
{%- endmacro %}

{% macro get_incremental_by_account_sql(arguments) -%}
    {%- set target_relation = arguments['target_relation'] -%}
    delete from {{ target_relation }}
    where account_id in (select account_id from {{ intermediate(target_relation, 'int_scope') }});
    {{ get_incremental_append_sql(arguments) }}
{%- endmacro %}

{% macro get_incremental_by_post_and_account_sql(arguments) -%}
    {%- set target_relation = arguments['target_relation'] -%}
    delete from {{ target_relation }} as old
    using {{ intermediate(target_relation, 'int_scope') }} as scope
    where old.workspace_id = scope.workspace_id and old.post_key = scope.post_key;
    delete from {{ target_relation }}
    where post_key is null
        and account_id in (select account_id from {{ intermediate(target_relation, 'int_scope') }});
    {{ get_incremental_append_sql(arguments) }}
{%- endmacro %}

{% macro get_incremental_anew_sql(arguments) -%}
    truncate {{ arguments['target_relation'] }};
    {{ get_incremental_append_sql(arguments) }}
{%- endmacro %}

{#
    What the marts were made of the last time: states of accounts, deletions of posts; nothing before the first build.
    It is made after the marts, so it is named and not referred to.
#}
{% macro served_before(relation, model) -%}
    {%- set found = standing(relation, 'intermediate', model ~ '_served') -%}
    {%- if found -%}
        {{ found }}
    {%- else -%}
        (select * from {{ ref(model) }} limit 0)
    {%- endif -%}
{%- endmacro %}

{# A model of another place in the graph, as it stands from the last run; none where there is none. #}
{% macro standing(relation, schema, name) -%}
    {{ return(adapter.get_relation(relation.database, schema, name) if execute else none) }}
{%- endmacro %}

{% macro intermediate(relation, name) -%}
    {{ return(relation.incorporate(path={'schema': 'intermediate', 'identifier': name})) }}
{%- endmacro %}

{#
    After a build that went well to its end, what it modelled is done. A build of some models, or one that failed,
    leaves everything in scope, and due, for the next.
#}
{% macro done(results) -%}
    {%- if execute and not past() and flags.WHICH == 'build' -%}
        {%- set wanted = graph.nodes.values() | selectattr('resource_type', 'equalto', 'model')
            | map(attribute='unique_id') | list -%}
        {%- set built = results | map(attribute='node.unique_id') | list -%}
        {%- set gone_wrong = results | rejectattr('status', 'in', ['success', 'pass', 'no-op', 'warn']) | list -%}
        {%- if not gone_wrong and not wanted | reject('in', built) | list -%}
            update raw.touched as t
            set modelled = scope.touches
            from intermediate.int_scope as scope
            where t.account_id = scope.account_id and t.external_id = scope.external_id;
            {% for due in ['int_posts_due', 'int_accounts_due', 'int_curves_due', 'int_hashtag_days_due'] -%}
                truncate intermediate.{{ due }};
            {% endfor -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
