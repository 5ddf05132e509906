{#- A reporter's value together with what its predecessors had then: known where each of them is, and unknown where
    several rates would have to be added. Over the rows of one reporter, indicator and period. -#}
{% macro bridged_sum(value, kind) -%}
    case
        when count({{ value }}) = count(*) and (count(*) = 1 or any_value({{ kind }}) not in ('rate', 'ratio'))
            then sum({{ value }})
    end
{%- endmacro %}


{#- What the year has had so far: the sum of the months, how many of them have a figure, how many of them are not over all
    that were asked, how many are samples. Over a window `months_so_far`. -#}
{% macro to_date_columns() -%}
    coalesce(sum(month_value) over months_so_far, 0)::decimal(24, 6) as flow_to_date,
    count(month_value) over months_so_far as flow_months_to_date,
    count_if(not is_flow_complete) over months_so_far as open_months_to_date,
    count_if(is_sample) over months_so_far as sample_months_to_date
{%- endmacro %}


{#- The month from which on a reporter has what was said in a month by one that became part of it on a day (-infinity
    for itself): the last day of a month decides whose it is. No month begins at -infinity, so that is cut off first. -#}
{% macro month_from_which_held(joined_on, month_date) -%}
    greatest(
        {{ month_date }},
        date_trunc('month', greatest({{ joined_on }}, '0001-01-01'::date))::date
    )
{%- endmacro %}
