{# One table, a reporter's month: when it came, what was found in it, what was changed later. A table is owed from its
   due time on, or from its acceptance where that came first. One that nobody has to send, of tasks alone, is never
   missing; once it was accepted it counts as any other, late ones too. Findings and rows are those of all versions that
   were judged, returned ones too; a file that only repeats the version in force, or that lay in another reporter's
   folder, counts for nobody. #}
with

status as (

    select * from {{ ref('submission_status') }}

),

months as (

    select * from {{ ref('stg_registry__periods') }}
    where cadence = 'monthly_dispatch'

),

rosters as (

    select * from {{ ref('int_rosters') }}

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

reported_tasks as (

    select * from {{ ref('stg_submissions__tasks') }}
    where coalesce(status, progress, problem, next_step) is not null

),

reported_items as (

    select * from {{ ref('stg_submissions__items') }}

),

restated as (

    select * from {{ ref('int_values_restated') }}

),

sent_unasked as (

    select
        submissions.programme_id,
        submissions.reporter_id,
        submissions.period,
        months.due_at,
        min(case when submissions.verdict = 'accepted' then submissions.received_at end) as first_accepted_at,
        count_if(submissions.verdict = 'returned')::integer as returned_count
    from submissions
    inner join months
        on
            submissions.programme_id = months.programme_id
            and submissions.period = months.period
    inner join rosters
        on
            submissions.programme_id = rosters.programme_id
            and submissions.reporter_id = rosters.reporter_id
            and submissions.period = rosters.period
    left join status
        on
            submissions.programme_id = status.programme_id
            and submissions.reporter_id = status.reporter_id
            and submissions.period = status.period
    where status.programme_id is null
    group by submissions.programme_id, submissions.reporter_id, submissions.period, months.due_at

),

tables as (

    select
        programme_id,
        reporter_id,
        period,
        due_at,
        first_accepted_at,
        returned_count,
        is_late,
        due_at <= {{ as_of_at() }} as is_awaited
    from status
    union all
    select
        programme_id,
        reporter_id,
        period,
        due_at,
        first_accepted_at,
        returned_count,
        coalesce(first_accepted_at > due_at, false) as is_late,
        false as is_awaited
    from sent_unasked

),

reported_rows as (

    select table_id from reported_values
    union all
    select table_id from reported_tasks
    union all
    select table_id from reported_items

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
    inner join reported_rows
        on submissions.table_id = reported_rows.table_id
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
        tables.programme_id,
        tables.reporter_id,
        tables.period,
        tables.first_accepted_at is not null or tables.is_awaited as is_owed,
        tables.first_accepted_at is not null and not tables.is_late as is_on_time,
        tables.is_late,
        tables.first_accepted_at is null and tables.is_awaited as is_missing,
        case
            when tables.is_late then {{ days_started('tables.due_at', 'tables.first_accepted_at') }}
            else 0
        end as days_late,
        tables.returned_count,
        coalesce(finding_counts.return_finding_count, 0) as return_finding_count,
        coalesce(finding_counts.reminder_count, 0) as reminder_count,
        coalesce(row_counts.row_count, 0) as row_count,
        coalesce(restatements.change_count, 0) as change_count,
        coalesce(restatements.sized_change_count, 0) as sized_change_count,
        coalesce(restatements.change_trillionths, 0)::hugeint as change_trillionths
    from tables
    left join finding_counts
        on
            tables.programme_id = finding_counts.programme_id
            and tables.reporter_id = finding_counts.reporter_id
            and tables.period = finding_counts.period
    left join row_counts
        on
            tables.programme_id = row_counts.programme_id
            and tables.reporter_id = row_counts.reporter_id
            and tables.period = row_counts.period
    left join restatements
        on
            tables.programme_id = restatements.programme_id
            and tables.reporter_id = restatements.reporter_id
            and tables.period = restatements.period

)

select * from measured
