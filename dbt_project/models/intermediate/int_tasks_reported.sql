{# What a reporter said of a task in a month, over all accepted versions of its tables: each cell from the newest
   version that has it, so that a blank never deletes. A task belongs to the programme of its document, whichever table
   brought it; a line that only repeats the form says nothing. #}
with

submissions as (

    select * from {{ ref('int_submissions_received') }}
    where verdict = 'accepted'

),

reported_tasks as (

    select * from {{ ref('stg_submissions__tasks') }}
    where coalesce(status, progress, problem, next_step) is not null

),

tasks as (

    select * from {{ ref('tasks') }}

),

programmes as (

    select * from {{ ref('programmes') }}

),

versions as (

    select
        programmes.programme_id,
        submissions.reporter_id,
        reported_tasks.task_id,
        (submissions.period || '-01')::date as month_date,
        submissions.is_sample,
        reported_tasks.status,
        reported_tasks.progress,
        reported_tasks.problem,
        reported_tasks.next_step,
        -- Of two lines about one task in a table the first holds.
        row_number() over (
            partition by
                programmes.programme_id,
                submissions.reporter_id,
                reported_tasks.task_id,
                submissions.period
            order by
                submissions.received_at desc,
                submissions.newest_first asc,
                submissions.table_id asc,
                reported_tasks.row_number asc
        ) as newest_first
    from reported_tasks
    inner join submissions
        on reported_tasks.table_id = submissions.table_id
    inner join tasks
        on reported_tasks.task_id = tasks.task_id
    inner join programmes
        on tasks.document_id = programmes.document_id

),

merged as (

    select
        programme_id,
        reporter_id,
        task_id,
        month_date,
        bool_or(is_sample) as is_sample,
        arg_min(status, newest_first) as status,
        arg_min(progress, newest_first) as progress,
        arg_min(problem, newest_first) as problem,
        arg_min(next_step, newest_first) as next_step
    from versions
    group by programme_id, reporter_id, task_id, month_date

)

select * from merged
