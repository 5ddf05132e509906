{# Which tasks of its document a programme has in a period: those that hold on its last day, as the forms of its last
   month ask for them, and that were registered by the as-of time. #}
with

tasks as (

    select * from {{ ref('tasks') }}
    where coalesce(valid_from <= {{ as_of_date() }}, true)

),

programmes as (

    select * from {{ ref('programmes') }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

held as (

    select
        periods.programme_id,
        tasks.document_id,
        tasks.clause,
        tasks.task_id,
        tasks.task,
        tasks.lead_units,
        tasks.responsible_units,
        tasks.due,
        periods.period,
        periods.cadence,
        periods.is_ended,
        periods.first_month,
        periods.last_month,
        periods.last_date,
        -- Of a period that has not begun nothing can have been said.
        periods.first_month <= {{ as_of_date() }} as is_begun
    from tasks
    inner join programmes
        on tasks.document_id = programmes.document_id
    inner join periods
        on
            programmes.programme_id = periods.programme_id
            and coalesce(tasks.valid_from <= periods.last_date, true)
            and coalesce(tasks.valid_to >= periods.last_date, true)

)

select * from held
