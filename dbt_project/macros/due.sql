{#
    Marts that sum up many posts are made anew for what is due: accounts, networks of a brand, curves of an account. What
    is due stays so until a build has ended well.
#}
{% macro get_incremental_due_accounts_sql(arguments) -%}
    {%- set target_relation = arguments['target_relation'] -%}
    delete from {{ target_relation }}
    where account_id in (select account_id from {{ intermediate(target_relation, 'int_accounts_due') }});
    {{ get_incremental_append_sql(arguments) }}
{%- endmacro %}

{% macro get_incremental_due_networks_sql(arguments) -%}
    {%- set target_relation = arguments['target_relation'] -%}
    delete from {{ target_relation }}
    where (workspace_id, platform) in (
        select workspace_id, platform from {{ intermediate(target_relation, 'int_accounts_due') }}
    );
    {{ get_incremental_append_sql(arguments) }}
{%- endmacro %}

{% macro get_incremental_due_curves_sql(arguments) -%}
    {%- set target_relation = arguments['target_relation'] -%}
    delete from {{ target_relation }}
    where account_id in ({{ curves_due(
        intermediate(target_relation, 'int_curves_due'),
        intermediate(target_relation, 'int_post_shares'),
        intermediate(target_relation, 'int_posts_due')
    ) }});
    {{ get_incremental_append_sql(arguments) }}
{%- endmacro %}

{# The accounts of which a post that is said anew had a part in a curve, or has one now. #}
{% macro curves_due(had, shares, posts_due) -%}
    select had.account_id from {{ had }} as had
    union
    select shares.account_id
    from {{ shares }} as shares
    inner join {{ posts_due }} as due using (workspace_id, post_key)
{%- endmacro %}

{# Whether a row is of a brand's network that has an account which is due: a condition. #}
{% macro network_due() -%}
    (workspace_id, platform) in (select due.workspace_id, due.platform from {{ ref('int_accounts_due') }} as due)
{%- endmacro %}

{# From when on, per account, loads began that have ended since the marts were made. One says so a little before others see it. #}
{% macro loads_ended(relation) -%}
    (
        select
            loads.account_id,
            min(loads.started_at) as started_at
        from {{ ref('stg_clientnest__loads') }} as loads
        inner join {{ served_before(relation, 'int_account_states') }} as before using (account_id)
        where loads.status = 'done' and loads.finished_at > before.modelled_at - interval '10 minutes'
        group by loads.account_id
    )
{%- endmacro %}
