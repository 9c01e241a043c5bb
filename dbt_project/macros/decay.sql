{# The ages, hours, at which the share of a post's final figures is asked for. #}
{% macro ages() -%}
    {{ return([1, 6, 24, 168]) }}
{%- endmacro %}

{# From this age on a figure counts as final, hours: 21 days. #}
{% macro final_from_hours() -%}
    {{ return(504) }}
{%- endmacro %}

{#
    What a figure stood at when the post had an age: between two observations that enclose the age closely, on the
    straight line between them; else what was seen within a tenth of the age; else unknown. Closely is in time, at most
    five quarters of the age apart, or in value, where it moved by at most a fiftieth of what it came to.
#}
{% macro figure_at_age() -%}
    case
        when
            after_age - before_age <= age_hours * 1.25
            or (before_age is not null and abs(after_figure - before_figure) <= abs(final_figure) * 0.02)
            then
                before_figure
                + (after_figure - before_figure)
                * coalesce((age_hours - before_age) / nullif(after_age - before_age, 0), 0)
        when
            age_hours - before_age <= age_hours * 0.1
            and age_hours - before_age <= coalesce(after_age - age_hours, 'infinity')
            then before_figure
        when after_age - age_hours <= age_hours * 0.1 then after_figure
    end
{%- endmacro %}

{# How many of the parts of engagements are known. #}
{% macro parts_known(of='') -%}
    num_nonnulls(
        coalesce({{ of }}reactions, {{ of }}likes), {{ of }}comments, {{ of }}shares, {{ of }}saves, {{ of }}clicks
    )
{%- endmacro %}

{# What was seen of some figures last up to each age, and first from it on: pairs of the moment and the figure. #}
{% macro enclosing(figures) -%}
    {%- for figure in figures -%}
        {%- for age in ages() -%}
            max(array[age, {{ figure }}]) filter (where age <= {{ age }} and {{ figure }} is not null)
                as {{ figure }}_until_{{ age }},
            min(array[age, {{ figure }}]) filter (where age >= {{ age }} and {{ figure }} is not null)
                as {{ figure }}_from_{{ age }}
            {%- if not loop.last %}, {% endif -%}
        {%- endfor -%}
        {%- if not loop.last %}, {% endif -%}
    {%- endfor -%}
{%- endmacro %}

{# The same pairs as rows: the figure, the age, what was seen before and after. #}
{% macro enclosed_by(figures) -%}
    {%- for figure in figures -%}
        {%- for age in ages() -%}
            ('{{ figure }}', {{ age }}, {{ figure }}_until_{{ age }}, {{ figure }}_from_{{ age }})
            {%- if not loop.last %}, {% endif -%}
        {%- endfor -%}
        {%- if not loop.last %}, {% endif -%}
    {%- endfor -%}
{%- endmacro %}
