{# The nine of a row as rows of (metric, value). #}
{% macro metric_rows(of) -%}
    values
    {% for metric in metrics() -%}
        ('{{ metric }}', {{ of }}.{{ metric }}){% if not loop.last %}, {% endif %}
    {%- endfor %}
{%- endmacro %}

{#
    How each version of a day's figure differs from the one before: `told` while the day went on and when it was first
    told whole, `late` until the network no longer corrects it, `corrected` after that. `versions` has (metric, value)
    for each `key` and `observed_at`; only what differs is left.
#}
{% macro restated(versions, key, resource) -%}
select
    {{ key | join(', ') }},
    old_value,
    new_value,
    previous_observed_at,
    changed_at,
    case
        when previous_observed_at is null or previous_observed_at < whole_at then 'told'
        when changed_at < whole_at + make_interval(days => settles_after_days) then 'late'
        else 'corrected'
    end as why
from (
    select
        {% for column in key %}one.{{ column }}, {% endfor %}
        lag(one.value) over versions as old_value,
        one.value as new_value,
        lag(one.observed_at) over versions as previous_observed_at,
        one.observed_at as changed_at,
        (one.as_of_date + 1)::timestamp at time zone network.day_zone as whole_at,
        coalesce(sheet.settles_after_days, 0) as settles_after_days
    from {{ versions }} as one
    inner join {{ ref('platforms') }} as network on one.platform = network.platform
    left join {{ ref('resources') }} as sheet
    on one.platform = sheet.platform and sheet.resource = '{{ resource }}'
    window versions as (
        partition by {% for column in key %}one.{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}
        order by one.observed_at
    )
) as compared
where new_value is distinct from old_value
{%- endmacro %}
