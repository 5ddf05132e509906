{#- Whatever changes relations makes the marts incomplete until a whole build has gone through. -#}
{% macro record_start() -%}
    {%- if execute and flags.WHICH in ['build', 'run', 'seed'] -%}
        update raw.runs set is_complete = false;
        {%- if flags.FULL_REFRESH %} delete from raw.built_periods; {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- A build counts as complete only when everything of the project was in it and passed; publishing asks for that. -#}
{% macro record_completion(results) -%}
    {%- if execute and flags.WHICH == 'build' -%}
        {%- set bad = results | selectattr('status', 'in', ['error', 'fail', 'skipped', 'runtime error']) | list -%}
        {%- set built = results | map(attribute='node.unique_id') | list -%}
        {%- set missing = [] -%}
        {%- for node in graph.nodes.values()
            if node.resource_type in ['model', 'seed', 'test'] and node.unique_id not in built -%}
            {%- do missing.append(node.unique_id) -%}
        {%- endfor -%}
        update raw.runs set is_complete = {{ 'false' if bad or missing else 'true' }};
        {%- if not (bad or missing) %}
            delete from raw.built_periods;
            insert into raw.built_periods by name
            select
                period,
                fingerprint
            from intermediate.int_periods_changed;
        {%- endif -%}
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


{#- From here on until a whole build has gone through, nobody knows what the models hold of the changed periods. -#}
{% macro forget_changed_periods() -%}
    delete from raw.built_periods
    where period in (select period from {{ this }} where is_changed)
{%- endmacro %}
