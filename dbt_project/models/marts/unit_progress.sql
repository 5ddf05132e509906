{# By the units that the document itself names beside a target or task; where it names none, nobody is counted. A
   collective (各区) is one unit and is not spread over its members. #}
with

targets_judged as (

    select * from {{ ref('int_targets_judged') }}

),

tasks_judged as (

    select * from {{ ref('int_tasks_judged') }}

),

tasks_by_reporter as (

    select * from {{ ref('int_tasks_by_reporter') }}

),

units as (

    select * from {{ ref('units') }}

),

unit_aliases as (

    select * from {{ ref('unit_aliases') }}

),

names as (

    select
        unit_name,
        unit_id
    from units
    union
    select
        alias as unit_name,
        unit_id
    from unit_aliases

),

goals as (

    select
        programme_id,
        period,
        cadence,
        'target' as goal_kind,
        goal_id,
        is_measured,
        lead_units,
        responsible_units,
        target_standing as standing
    from targets_judged
    union all
    select
        programme_id,
        period,
        cadence,
        'task' as goal_kind,
        task_id as goal_id,
        true as is_measured,
        lead_units,
        responsible_units,
        task_standing as standing
    from tasks_judged

),

named as (

    select
        *,
        'lead' as role,
        unnest(string_split(lead_units, '、')) as unit_name
    from goals
    union all
    select
        *,
        'responsible' as role,
        unnest(string_split(responsible_units, '、')) as unit_name
    from goals

),

-- A goal that the document repeats, or a unit that stands twice beside it, counts once.
owed as (

    select
        named.programme_id,
        names.unit_id,
        named.role,
        named.period,
        named.cadence,
        named.goal_kind,
        named.goal_id,
        named.standing
    from named
    inner join names
        on named.unit_name = names.unit_name
    qualify row_number() over (
        partition by names.unit_id, named.role, named.programme_id, named.period, named.goal_kind, named.goal_id
        order by named.is_measured desc, named.standing asc
    ) = 1

),

-- Who reports on a task itself stands by its own word, everybody else by the worse one of all.
stood as (

    select
        owed.* exclude (standing),
        case
            when tasks_by_reporter.task_state is null then owed.standing
            when tasks_by_reporter.task_state in ('not_reported', 'unlisted') then 'unreported'
            else tasks_by_reporter.task_state
        end as standing
    from owed
    left join tasks_by_reporter
        on
            owed.programme_id = tasks_by_reporter.programme_id
            and owed.period = tasks_by_reporter.period
            and owed.goal_id = tasks_by_reporter.task_id
            and owed.goal_kind = 'task'
            and owed.unit_id = tasks_by_reporter.reporter_id

),

counted as (

    select
        stood.programme_id,
        stood.unit_id,
        units.unit_name,
        units.unit_kind,
        stood.role,
        stood.period,
        stood.cadence,
        count_if(stood.goal_kind = 'target')::integer as target_count,
        count_if(stood.goal_kind = 'target' and stood.standing = 'finished')::integer as target_finished_count,
        count_if(stood.goal_kind = 'target' and stood.standing = 'on_pace')::integer as target_on_pace_count,
        count_if(stood.goal_kind = 'target' and stood.standing = 'lagging')::integer as target_lagging_count,
        count_if(stood.goal_kind = 'target' and stood.standing = 'no_pace')::integer as target_no_pace_count,
        count_if(stood.goal_kind = 'target' and stood.standing = 'not_scored')::integer as target_not_scored_count,
        count_if(stood.goal_kind = 'target' and stood.standing = 'unreported')::integer as target_unreported_count,
        count_if(stood.goal_kind = 'target' and stood.standing = 'not_due')::integer as target_not_due_count,
        count_if(stood.goal_kind = 'task')::integer as task_count,
        count_if(stood.goal_kind = 'task' and stood.standing = 'finished')::integer as task_finished_count,
        count_if(stood.goal_kind = 'task' and stood.standing = 'moving')::integer as task_moving_count,
        count_if(stood.goal_kind = 'task' and stood.standing = 'not_started')::integer as task_not_started_count,
        count_if(stood.goal_kind = 'task' and stood.standing = 'lagging')::integer as task_lagging_count,
        count_if(stood.goal_kind = 'task' and stood.standing = 'ended')::integer as task_ended_count,
        count_if(stood.goal_kind = 'task' and stood.standing = 'unreported')::integer as task_unreported_count,
        count_if(stood.goal_kind = 'task' and stood.standing = 'not_due')::integer as task_not_due_count
    from stood
    inner join units
        on stood.unit_id = units.unit_id
    group by
        stood.programme_id,
        stood.unit_id,
        units.unit_name,
        units.unit_kind,
        stood.role,
        stood.period,
        stood.cadence

)

select * from counted
