{#- Exact arithmetic on decimals: no figure that is compared passes through a floating point number. -#}


{#- a / b as decimal(24, 12), cut off (not rounded) after twelve decimals, so that a later half-up rounding is the
    rounding of the exact quotient. Null unless b > 0, and null where b is so near zero that the quotient reaches a
    million million. Both sides have six decimals. -#}
{% macro exact_ratio(numerator, denominator) -%}
    {%- set trillionths -%}
        (
            (({{ numerator }}) * 1000000)::hugeint * 1000000000000::hugeint
            // nullif((({{ denominator }}) * 1000000)::hugeint, 0)
        )
    {%- endset -%}
    case
        when {{ denominator }} > 0 and abs({{ trillionths }}) < 1000000000000000000000000::hugeint
            then {{ trillionths_as_decimal(trillionths) }}
    end
{%- endmacro %}


{#- A whole number of trillionths (hugeint) as decimal(24, 12). -#}
{% macro trillionths_as_decimal(trillionths) -%}
    (
        (({{ trillionths }}) // 1000000000000)::decimal(12, 0)::decimal(24, 12)
        + (({{ trillionths }}) % 1000000000000)::decimal(12, 0) * 0.000000000001::decimal(12, 12)
    )::decimal(24, 12)
{%- endmacro %}


{#- a / b of two decimal(24, 12), cut off after twelve decimals. Null unless b > 0 and the quotient stays small. -#}
{% macro ratio_of_ratios(numerator, denominator) -%}
    {%- set trillionths -%}
        (
            (({{ numerator }}) * 1000000000000)::hugeint * 1000000000000::hugeint
            // nullif((({{ denominator }}) * 1000000000000)::hugeint, 0)
        )
    {%- endset -%}
    case
        when {{ denominator }} > 0 and abs({{ trillionths }}) < 1000000000000000000000000::hugeint
            then {{ trillionths_as_decimal(trillionths) }}
    end
{%- endmacro %}


{#- What part of a target is reached; of an upper limit, 2 minus the part used up: at the limit 1, beyond it less. Of a
    target below zero, 1 and the distance to it as a part of its size, so that more is more there too. Of zero there is
    no part. Each is one quotient, so that it is cut off too: 2 minus what was cut off would be rounded up. -#}
{% macro completion_of(value, target, comparator) -%}
    case
        when {{ comparator }} = '<=' and {{ target }} > 0
            then {{ exact_ratio(target ~ ' + ' ~ target ~ ' - ' ~ value, target) }}
        when {{ comparator }} = '<=' then {{ exact_ratio('-(' ~ value ~ ')', '-(' ~ target ~ ')') }}
        when {{ target }} > 0 then {{ exact_ratio(value, target) }}
        else {{ exact_ratio(value ~ ' - ' ~ target ~ ' - ' ~ target, '-(' ~ target ~ ')') }}
    end::decimal(24, 12)
{%- endmacro %}


{#- Whether a value meets a target, by the target's own comparator; of a range, its lower end passes. -#}
{% macro is_met_by(value, target, comparator) -%}
    case {{ comparator }}
        when '>' then {{ value }} > {{ target }}
        when '<=' then {{ value }} <= {{ target }}
        else {{ value }} >= {{ target }}
    end
{%- endmacro %}


{#- A decimal(24, 12) as a whole number of units of its last compared decimal, rounded half up (away from zero):
    two values are equal at that precision exactly when these numbers are equal. -#}
{% macro units_at(value, decimals) -%}
    (
        (
            2 * ({{ value }} * 1000000000000)::hugeint
            + sign({{ value }})::hugeint * pow(10, 12 - ({{ decimals }}))::hugeint
        )
        // (2 * pow(10, 12 - ({{ decimals }}))::hugeint)
    )
{%- endmacro %}
