{#- Exact arithmetic on decimals: no figure that is compared passes through a floating point number. -#}


{#- A decimal with six decimals as a whole number (bigint) of millionths; null where it has more digits than fit. -#}
{% macro millionths(value, digits) -%}
    {%- set narrow -%} try_cast({{ value }} as decimal({{ digits }}, 6)) {%- endset -%}
    (trunc({{ narrow }})::bigint * 1000000 + (({{ narrow }} - trunc({{ narrow }}))::decimal(7, 6) * 1000000)::bigint)
{%- endmacro %}


{#- a / b as decimal(24, 12), cut off (not rounded) after twelve decimals, so that a later half-up rounding is the
    rounding of the exact quotient. Null unless b > 0, and null where b is so near zero that the quotient reaches a
    million million. Both sides have six decimals.
    Long division in 64 bits, three decimals at a time: a division of 128 bits takes twenty times as long, so it is left
    to what is too large for that. Whatever is calculated twice stands outside of `case`, where DuckDB does it once. -#}
{% macro exact_ratio(numerator, denominator) -%}
    {%- set dividend = millionths(numerator, 18) -%}
    {%- set divisor = 'nullif(greatest(' ~ millionths(denominator, 15) ~ ', 0), 0)' -%}
    {%- set rest = namespace(sql='(' ~ dividend ~ ' % ' ~ divisor ~ ')') -%}
    {%- set trillionths -%}
        (
            (({{ numerator }}) * 1000000)::hugeint * 1000000000000::hugeint
            // nullif((({{ denominator }}) * 1000000)::hugeint, 0)
        )
    {%- endset -%}
    coalesce(
        try_cast(
            ({{ dividend }} // {{ divisor }})::decimal(18, 0)::decimal(32, 12)
            {%- for unit in ('0.001', '0.000001', '0.000000001', '0.000000000001') %}
                + ({{ rest.sql }} * 1000 // {{ divisor }})::decimal(3, 0)
                * {{ unit }}::decimal({{ loop.index * 3 }}, {{ loop.index * 3 }})
                {%- set rest.sql = '(' ~ rest.sql ~ ' * 1000 % ' ~ divisor ~ ')' -%}
            {%- endfor %}
            as decimal(24, 12)
        ),
        case
            when
                ({{ denominator }} >= 1000000000 or {{ denominator }} > 0 and abs({{ numerator }}) >= 1000000000000)
                and abs({{ trillionths }}) < 1000000000000000000000000::hugeint
                then {{ trillionths_as_decimal(trillionths) }}
        end
    )
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
    {%- set completed -%}
        case
            when {{ comparator }} = '<=' and {{ target }} > 0 then {{ target }} + {{ target }} - {{ value }}
            when {{ comparator }} = '<=' then -({{ value }})
            when {{ target }} > 0 then {{ value }}
            else {{ value }} - {{ target }} - {{ target }}
        end
    {%- endset -%}
    {{ exact_ratio(completed, 'abs(' ~ target ~ ')') }}
{%- endmacro %}


{#- Whether a value meets a target, by the target's own comparator; of a range, its lower end passes. -#}
{% macro is_met_by(value, target, comparator) -%}
    case {{ comparator }}
        when '>' then {{ value }} > {{ target }}
        when '<=' then {{ value }} <= {{ target }}
        else {{ value }} >= {{ target }}
    end
{%- endmacro %}


{#- A decimal(24, 12) rounded half up (away from zero) to 0 to 12 decimals; what fits into 64 bits is rounded in them. -#}
{% macro rounded_at(value, decimals) -%}
    case
        {%- for narrowed in (true, false) %}
            {{ 'when abs(' ~ value ~ ') < 1000000 then' if narrowed else 'else' }}
                case {{ decimals }}
                    {%- for count in range(13) %}
                        when {{ count }} then round({{ value }}::decimal({{ 18 if narrowed else 24 }}, 12), {{ count }})
                        ::decimal(24, 12)
                    {%- endfor %}
                end
        {%- endfor %}
    end
{%- endmacro %}


{#- Days from one time to a later one; part of a day counts as one. -#}
{% macro days_started(first, last) -%}
    ((date_diff('microsecond', {{ first }}, {{ last }}) + 86399999999) // 86400000000)::integer
{%- endmacro %}
