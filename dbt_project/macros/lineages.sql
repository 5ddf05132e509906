{#- A reporter's value together with what its predecessors had then: known where each of them is, and unknown where
    several rates would have to be added. Over the rows of one reporter, indicator and period. -#}
{% macro bridged_sum(value, kind) -%}
    case
        when count({{ value }}) = count(*) and (count(*) = 1 or any_value({{ kind }}) not in ('rate', 'ratio'))
            then sum({{ value }})
    end
{%- endmacro %}
