{# The rule, in this order: a clause without target and task has nothing to report. It lags if any of its targets or
   tasks does (of a task that several report on the worse word counts), is not due while nothing of it is, unreported if
   nothing of it was reported, finished if all of its targets and tasks are, else progressing. A task keeps the status
   last reported, a target is asked anew in each period. The second of two tiers is no part of it. #}
with

clauses as (

    select * from {{ ref('clauses') }}

),

programmes as (

    select * from {{ ref('programmes') }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

targets as (

    select * from {{ ref('targets') }}
    where coalesce(valid_from <= {{ as_of_date() }}, true)

),

tasks as (

    select * from {{ ref('tasks') }}
    where coalesce(valid_from <= {{ as_of_date() }}, true)

),

targets_judged as (

    select * from {{ ref('int_targets_judged') }}

),

tasks_judged as (

    select * from {{ ref('int_tasks_judged') }}

),

registered as (

    select
        document_id,
        clause
    from targets
    union
    select
        document_id,
        clause
    from tasks

),

target_counts as (

    select
        programme_id,
        clause,
        period,
        count(*)::integer as target_count,
        count_if(target_standing = 'finished')::integer as finished_count,
        count_if(target_standing = 'on_pace')::integer as on_pace_count,
        count_if(target_standing = 'lagging')::integer as lagging_count,
        count_if(target_standing in ('no_pace', 'not_scored'))::integer as no_pace_count,
        count_if(target_standing = 'unreported')::integer as unreported_count,
        count_if(target_standing = 'not_due')::integer as not_due_count
    from targets_judged
    group by programme_id, clause, period

),

task_counts as (

    select
        programme_id,
        clause,
        period,
        count(*)::integer as task_count,
        count_if(task_standing = 'finished')::integer as finished_count,
        count_if(task_standing in ('moving', 'not_started', 'ended'))::integer as moving_count,
        count_if(task_standing = 'lagging')::integer as lagging_count,
        count_if(task_standing = 'unreported')::integer as unreported_count,
        count_if(task_standing = 'not_due')::integer as not_due_count,
        count_if(reporter_count = 0)::integer as unassigned_count
    from tasks_judged
    group by programme_id, clause, period

),

counted as (

    select
        programmes.programme_id,
        clauses.document_id,
        clauses.clause,
        periods.period,
        periods.cadence,
        registered.clause is not null as has_goals,
        coalesce(target_counts.target_count, 0) as target_count,
        coalesce(target_counts.finished_count, 0) as target_finished_count,
        coalesce(target_counts.on_pace_count, 0) as target_on_pace_count,
        coalesce(target_counts.lagging_count, 0) as target_lagging_count,
        coalesce(target_counts.no_pace_count, 0) as target_no_pace_count,
        coalesce(target_counts.unreported_count, 0) as target_unreported_count,
        coalesce(target_counts.not_due_count, 0) as target_not_due_count,
        coalesce(task_counts.task_count, 0) as task_count,
        coalesce(task_counts.finished_count, 0) as task_finished_count,
        coalesce(task_counts.moving_count, 0) as task_moving_count,
        coalesce(task_counts.lagging_count, 0) as task_lagging_count,
        coalesce(task_counts.unreported_count, 0) as task_unreported_count,
        coalesce(task_counts.not_due_count, 0) as task_not_due_count,
        coalesce(task_counts.unassigned_count, 0) as task_unassigned_count
    from clauses
    inner join programmes
        on clauses.document_id = programmes.document_id
    inner join periods
        on programmes.programme_id = periods.programme_id
    left join registered
        on
            clauses.document_id = registered.document_id
            and clauses.clause = registered.clause
    left join target_counts
        on
            programmes.programme_id = target_counts.programme_id
            and clauses.clause = target_counts.clause
            and periods.period = target_counts.period
    left join task_counts
        on
            programmes.programme_id = task_counts.programme_id
            and clauses.clause = task_counts.clause
            and periods.period = task_counts.period

),

stated as (

    select
        programme_id,
        document_id,
        clause,
        period,
        cadence,
        case
            when not has_goals then 'nothing_to_report'
            when target_lagging_count + task_lagging_count > 0 then 'lagging'
            when target_count + task_count = target_not_due_count + task_not_due_count then 'not_due'
            when
                target_count + task_count
                = target_unreported_count + task_unreported_count + target_not_due_count + task_not_due_count
                then 'unreported'
            when target_count + task_count = target_finished_count + task_finished_count then 'finished'
            else 'progressing'
        end as state,
        target_count,
        target_finished_count,
        target_on_pace_count,
        target_lagging_count,
        target_no_pace_count,
        target_unreported_count,
        target_not_due_count,
        task_count,
        task_finished_count,
        task_moving_count,
        task_lagging_count,
        task_unreported_count,
        task_not_due_count,
        task_unassigned_count
    from counted

)

select * from stated
