{# The ages, hours, at which the share of a post's final figures is asked for. #}
{% macro ages() -%}
    (values (1), (6), (24), (168)) as ages (age_hours)
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
