{# Whose table is not there although its deadline has passed: not sent, or only sent back. #}
with

status as (

    select * from {{ ref('submission_status') }}

),

builds as (

    select * from {{ ref('builds') }}

),

programmes as (

    select * from {{ ref('dim_programmes') }}

),

reporters as (

    select * from {{ ref('dim_reporters') }}

),

overdue as (

    select
        status.programme_id,
        programmes.programme_name,
        status.reporter_id,
        reporters.reporter_name,
        status.period,
        status.status,
        status.due_at,
        {{ days_started('status.due_at', 'builds.as_of_at') }} as days_overdue,
        status.returned_count,
        coalesce(status.no_new_at > builds.as_of_at, true) or status.is_reopened as is_still_accepted
    from status
    inner join programmes
        on status.programme_id = programmes.programme_id
    inner join reporters
        on
            status.programme_id = reporters.programme_id
            and status.reporter_id = reporters.reporter_id
    cross join builds
    where
        status.status in ('overdue', 'returned')
        and status.due_at <= builds.as_of_at

)

select * from overdue
