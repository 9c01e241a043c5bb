{#
    Days settle by the passing of time, without being told anew: the few that are still open are looked at in every
    run, by an index of their own where there are many.
#}
{% macro settled(relation) -%}
    {%- if model.config.materialized != 'view' -%}
        do $$ begin
            if not exists (select from pg_index where indrelid = '{{ relation }}'::regclass and indpred is not null) then
                create index on {{ relation }} (account_id) where not is_settled;
            end if;
        end $$;
        update {{ relation }} as days
        set is_settled = true
        from {{ ref('int_account_clocks') }} as clocks
        left join {{ ref('resources') }} as sheet using (platform, resource)
        where not days.is_settled
            and days.account_id = clocks.account_id
            and {{ resource_of_days() }} = clocks.resource
            and days.as_of_date + coalesce(sheet.settles_after_days, 0) < clocks.today
    {%- endif -%}
{%- endmacro %}

{# Which source tells a day. #}
{% macro resource_of_days() -%}
    {%- if model.name == 'post_metrics_daily' -%}
        case days.basis when 'daily' then 'post_metrics_daily' else 'post_metrics' end
    {%- else -%}
        case days.basis when 'daily' then 'account_metrics' when 'posts' then 'post_metrics_daily' else 'accounts' end
    {%- endif -%}
{%- endmacro %}
