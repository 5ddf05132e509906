{# One owed table, a reporter's month: when it came, what was found in it, what was changed later. A table is owed from
   its due time on, or from its acceptance where that came first. Findings and rows are those of all versions that were
   judged, returned ones too; a file that only repeats the version in force, or that lay in another reporter's folder,
   counts for nobody. #}
with

status as (

    select * from {{ ref('submission_status') }}

),

submissions as (

    select * from {{ ref('int_submissions_received') }}
    where verdict != 'repeated'

),

findings as (

    select * from {{ ref('stg_submissions__findings') }}
    where
        known_from_at <= {{ as_of_at() }}
        and coalesce(known_until_at > {{ as_of_at() }}, true)

),

reported_values as (

    select * from {{ ref('stg_submissions__values') }}

),

restated as (

    select * from {{ ref('int_values_restated') }}

),

finding_counts as (

    select
        submissions.programme_id,
        submissions.reporter_id,
        submissions.period,
        count_if(findings.severity = '退回')::integer as return_finding_count,
        count_if(findings.severity = '提醒')::integer as reminder_count
    from submissions
    inner join findings
        on submissions.table_id = findings.table_id
    group by submissions.programme_id, submissions.reporter_id, submissions.period

),

row_counts as (

    select
        submissions.programme_id,
        submissions.reporter_id,
        submissions.period,
        count(*)::integer as row_count
    from submissions
    inner join reported_values
        on submissions.table_id = reported_values.table_id
    group by submissions.programme_id, submissions.reporter_id, submissions.period

),

restatements as (

    select
        programme_id,
        reporter_id,
        period,
        count(*)::integer as change_count,
        count(change_ratio)::integer as sized_change_count,
        coalesce(sum((change_ratio * 1000000000000)::hugeint), 0)::hugeint as change_trillionths
    from restated
    group by programme_id, reporter_id, period

),

measured as (

    select
        status.programme_id,
        status.reporter_id,
        status.period,
        status.first_accepted_at is not null or status.due_at <= {{ as_of_at() }} as is_owed,
        status.first_accepted_at is not null and not status.is_late as is_on_time,
        status.is_late,
        status.first_accepted_at is null and status.due_at <= {{ as_of_at() }} as is_missing,
        case
            when status.is_late
                then (
                    (date_diff('microsecond', status.due_at, status.first_accepted_at) + 86399999999)
                    // 86400000000
                )::integer
            else 0
        end as days_late,
        status.returned_count,
        coalesce(finding_counts.return_finding_count, 0) as return_finding_count,
        coalesce(finding_counts.reminder_count, 0) as reminder_count,
        coalesce(row_counts.row_count, 0) as row_count,
        coalesce(restatements.change_count, 0) as change_count,
        coalesce(restatements.sized_change_count, 0) as sized_change_count,
        coalesce(restatements.change_trillionths, 0)::hugeint as change_trillionths
    from status
    left join finding_counts
        on
            status.programme_id = finding_counts.programme_id
            and status.reporter_id = finding_counts.reporter_id
            and status.period = finding_counts.period
    left join row_counts
        on
            status.programme_id = row_counts.programme_id
            and status.reporter_id = row_counts.reporter_id
            and status.period = row_counts.period
    left join restatements
        on
            status.programme_id = restatements.programme_id
            and status.reporter_id = restatements.reporter_id
            and status.period = restatements.period

)

select * from measured
