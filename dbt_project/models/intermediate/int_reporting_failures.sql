{# Tables of a period that were late, are missing after their due date, or came back. #}
with

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

statuses as (

    select * from {{ ref('submission_status') }}

),

counted as (

    select
        periods.programme_id,
        periods.period,
        statuses.reporter_id,
        count_if(statuses.is_late)::integer as late,
        count_if(statuses.first_accepted_at is null and statuses.due_at <= {{ as_of_at() }})::integer as missing,
        sum(statuses.returned_count)::integer as returned
    from periods
    inner join periods as months
        on
            periods.programme_id = months.programme_id
            and months.cadence = 'monthly_dispatch'
            and months.last_month between periods.first_month and periods.last_month
    inner join statuses
        on
            months.programme_id = statuses.programme_id
            and months.period = statuses.period
    group by periods.programme_id, periods.period, statuses.reporter_id

),

failures as (

    unpivot counted
    on late, missing, returned
    into name event value event_count

)

select * from failures
