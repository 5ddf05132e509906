{# How a task stands in a period over all who report on it, the worse word first: it lags if anybody says so, and is
   finished only when everybody who is asked or told of it says so. A word that is not in the list says nothing. Nobody
   is asked (reporter_count 0) where it names only bodies that fill in no form. #}
with

tasks_by_period as (

    select * from {{ ref('int_tasks_by_period') }}

),

tasks_by_reporter as (

    select * from {{ ref('int_tasks_by_reporter') }}

),

counted as (

    select
        programme_id,
        task_id,
        period,
        count(*)::integer as reporter_count,
        count_if(task_state not in ('not_reported', 'not_due', 'unlisted'))::integer as reported_count,
        count_if(task_state = 'lagging')::integer as lagging_count,
        count_if(task_state = 'not_started')::integer as not_started_count,
        count_if(task_state = 'finished')::integer as finished_count,
        count_if(task_state = 'ended')::integer as ended_count
    from tasks_by_reporter
    group by programme_id, task_id, period

),

judged as (

    select
        tasks_by_period.programme_id,
        tasks_by_period.document_id,
        tasks_by_period.clause,
        tasks_by_period.task_id,
        tasks_by_period.lead_units,
        tasks_by_period.responsible_units,
        tasks_by_period.period,
        tasks_by_period.cadence,
        coalesce(counted.reporter_count, 0) as reporter_count,
        case
            when counted.lagging_count > 0 then 'lagging'
            when coalesce(counted.reported_count, 0) = 0
                then if(tasks_by_period.is_ended, 'unreported', 'not_due')
            when counted.finished_count = counted.reporter_count then 'finished'
            when counted.finished_count + counted.ended_count = counted.reporter_count then 'ended'
            when counted.not_started_count = counted.reported_count then 'not_started'
            else 'moving'
        end as task_standing
    from tasks_by_period
    left join counted
        on
            tasks_by_period.programme_id = counted.programme_id
            and tasks_by_period.task_id = counted.task_id
            and tasks_by_period.period = counted.period

)

select * from judged
