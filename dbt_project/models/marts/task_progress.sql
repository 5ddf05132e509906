with

tasks_by_reporter as (

    select * from {{ ref('int_tasks_by_reporter') }}

),

described as (

    select
        programme_id,
        reporter_id,
        task_id,
        period,
        cadence,
        document_id,
        clause,
        task,
        due,
        is_asked,
        task_state,
        status,
        status_position,
        is_final,
        said_by,
        strftime(since_month, '%Y-%m') as status_since,
        strftime(status_month, '%Y-%m') as reported_in,
        coalesce(is_reported_in_period, false) as is_reported_in_period,
        days_without_movement,
        progress,
        problem,
        next_step,
        strftime(texts_month, '%Y-%m') as texts_reported_in,
        is_sample
    from tasks_by_reporter

)

select * from described
