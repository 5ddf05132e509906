{#- What people are told, in words. -#}


{#- A decimal as people write it: no zeros after the last figure, no empty point. -#}
{% macro plain_number(value) -%}
    rtrim(rtrim(({{ value }})::varchar, '0'), '.')
{%- endmacro %}


{#- Puts the messages of a mart into dbt's own output, where it builds or tests; dbt's WARN line has only their number. -#}
{% macro log_messages(relation) -%}
    {%- if execute and flags.WHICH in ['build', 'test'] -%}
        {%- set found = run_query(
            'select message from ' ~ relation ~ ' where message is not null order by target_id, programme_id, period'
        ) -%}
        {%- for row in found.rows -%}
            {%- do log(row[0], info=true) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
