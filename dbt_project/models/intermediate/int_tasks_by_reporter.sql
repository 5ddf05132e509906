{# One task, one period, one reporter: who is asked (raw.task_reporters, what the forms ask for), and who told of it
   unasked; with what was known of it at the period's end. #}
with

tasks_by_period as (

    select * from {{ ref('int_tasks_by_period') }}

),

task_reporters as (

    select * from {{ ref('stg_registry__task_reporters') }}

),

rosters as (

    select * from {{ ref('int_rosters') }}

),

successions as (

    select * from {{ ref('reporter_successions') }}

),

tracked as (

    select * from {{ ref('int_tasks_tracked') }}

),

told as (

    select
        programme_id,
        reporter_id,
        task_id,
        min(visible_from) as first_month
    from tracked
    group by programme_id, reporter_id, task_id

),

asked_or_told as (

    select
        tasks_by_period.programme_id,
        tasks_by_period.period,
        tasks_by_period.task_id,
        task_reporters.reporter_id,
        true as is_asked
    from tasks_by_period
    inner join task_reporters
        on
            tasks_by_period.programme_id = task_reporters.programme_id
            and tasks_by_period.task_id = task_reporters.task_id
            and tasks_by_period.last_month >= task_reporters.first_month
            and tasks_by_period.last_month <= task_reporters.last_month
    union all
    select
        tasks_by_period.programme_id,
        tasks_by_period.period,
        tasks_by_period.task_id,
        told.reporter_id,
        false as is_asked
    from tasks_by_period
    inner join told
        on
            tasks_by_period.programme_id = told.programme_id
            and tasks_by_period.task_id = told.task_id
            and tasks_by_period.last_month >= told.first_month
    inner join rosters
        on
            tasks_by_period.programme_id = rosters.programme_id
            and tasks_by_period.period = rosters.period
            and told.reporter_id = rosters.reporter_id

),

involved as (

    select
        programme_id,
        period,
        task_id,
        reporter_id,
        bool_or(is_asked) as is_asked
    from asked_or_told
    group by programme_id, period, task_id, reporter_id

),

spined as (

    select
        tasks_by_period.*,
        involved.reporter_id,
        involved.is_asked,
        -- Before everything, not null: an asof join may match null.
        if(tasks_by_period.is_begun, tasks_by_period.last_month, '0001-01-01'::date) as known_month
    from involved
    inner join tasks_by_period
        on
            involved.programme_id = tasks_by_period.programme_id
            and involved.period = tasks_by_period.period
            and involved.task_id = tasks_by_period.task_id
    left join successions
        on
            involved.reporter_id = successions.predecessor_id
            and tasks_by_period.last_date >= successions.effective_on
    where successions.predecessor_id is null

),

known as (

    select
        spined.programme_id,
        spined.reporter_id,
        spined.task_id,
        spined.task,
        spined.document_id,
        spined.clause,
        spined.due,
        spined.period,
        spined.cadence,
        spined.is_asked,
        case
            when tracked.status is not null then coalesce(tracked.counts_as, 'unlisted')
            when spined.is_ended then 'not_reported'
            else 'not_due'
        end as task_state,
        tracked.status,
        tracked.status_position,
        tracked.is_final,
        tracked.said_by,
        tracked.since_month,
        tracked.status_month,
        tracked.status_month >= spined.first_month as is_reported_in_period,
        date_diff('day', last_day(tracked.since_month), spined.last_date)::integer as days_without_movement,
        tracked.progress,
        tracked.problem,
        tracked.next_step,
        tracked.texts_month,
        coalesce(tracked.is_sample, false) as is_sample
    from spined
    asof left join tracked
        on
            spined.programme_id = tracked.programme_id
            and spined.reporter_id = tracked.reporter_id
            and spined.task_id = tracked.task_id
            and spined.known_month >= tracked.visible_from

)

select * from known
