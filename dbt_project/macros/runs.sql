{#- A build counts as complete only when everything in it passed; publishing asks for that. -#}
{% macro record_completion(results) -%}
    {%- if execute and flags.WHICH == 'build' -%}
        {%- set bad = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'runtime error']) | list -%}
        update raw.runs set is_complete = {{ 'false' if bad or not results else 'true' }}
    {%- endif -%}
{%- endmacro %}


{#- The as-of time (UTC) up to which everything is seen. -#}
{% macro as_of_at() -%}
    (select runs.effective_as_of_at from {{ source('raw', 'runs') }} as runs)
{%- endmacro %}


{#- The as-of time as a day in the registry's own calendar. -#}
{% macro as_of_date() -%}
    (
        select (runs.effective_as_of_at at time zone 'UTC' at time zone 'Asia/Shanghai')::date
        from {{ source('raw', 'runs') }} as runs
    )
{%- endmacro %}
