{#- The months that a period's id covers, as first days: a goal is set for months, whether or not its programme holds
    notices of just that period. -#}
{% macro first_month_of(period) -%}
    make_date(
        left({{ period }}, 4)::integer,
        case
            when length({{ period }}) = 4 then 1
            when substr({{ period }}, 6, 1) in ('B', 'Q', 'H')
                then (substr({{ period }}, 7)::integer - 1) * {{ months_in(period) }} + 1
            else substr({{ period }}, 6)::integer
        end,
        1
    )
{%- endmacro %}


{% macro last_month_of(period) -%}
    ({{ first_month_of(period) }} + to_months({{ months_in(period) }} - 1))::date
{%- endmacro %}


{% macro months_in(period) -%}
    case
        when length({{ period }}) = 4 then 12
        else coalesce(map {'B': 2, 'Q': 3, 'H': 6}[substr({{ period }}, 6, 1)], 1)
    end
{%- endmacro %}
