{#- The columns together name each row once. What could be there twice is found by one number a row, which takes a tenth
    of the memory of the columns, and then held against the columns themselves. `is_by_period`: of a model that is built
    by period, only what this build changed. -#}
{% test unique_together(model, columns, is_by_period=false) %}
    with

    tested as not materialized (

        select {{ columns | join(', ') }}
        from {{ model }}
        {%- if is_by_period %}
            where period in (select period from {{ ref('int_periods_changed') }} where is_changed)
        {%- endif %}

    ),

    suspected as (

        select hash({{ columns | join(', ') }}) as row_hash
        from tested
        group by all
        having count(*) > 1

    )

    select {{ columns | join(', ') }}
    from tested
    where hash({{ columns | join(', ') }}) in (select row_hash from suspected)
    group by {{ columns | join(', ') }}
    having count(*) > 1
{% endtest %}


{#- None of the columns is empty in any row: one test a table, as a query a column would take most of a build's time. -#}
{% test required(model, columns) %}
    select *
    from {{ model }}
    where {{ columns | join(' is null or ') }} is null
{% endtest %}
