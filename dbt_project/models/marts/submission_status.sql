with

months as (

    select * from {{ ref('stg_registry__periods') }}
    where cadence = 'monthly_dispatch'

),

rosters as (

    select * from {{ ref('int_rosters') }}

),

indicators as (

    select * from {{ ref('indicators') }}

),

programme_indicators as (

    select * from {{ ref('programme_indicators') }}
    where is_required

),

reopenings as (

    select * from {{ ref('reopenings') }}
    where {{ as_of_date() }} between opened_on and until

),

submissions as (

    select * from {{ ref('int_submissions_received') }}

),

expected as (

    select distinct
        months.programme_id,
        rosters.reporter_id,
        months.period,
        months.is_ended,
        months.due_at,
        months.no_new_at,
        months.no_edits_at
    from months
    inner join programme_indicators
        on months.programme_id = programme_indicators.programme_id
    inner join indicators
        on
            programme_indicators.indicator_id = indicators.indicator_id
            and months.programme_id = indicators.home_programme_id
    inner join rosters
        on
            months.programme_id = rosters.programme_id
            and months.period = rosters.period
            and {{ is_supplier('indicators', 'rosters') }}
    where
        indicators.numerator_indicator_id is null
        and (
            indicators.frequency = 'month'
            or indicators.frequency = 'quarter' and month(months.last_month) % 3 = 0
            or indicators.frequency = 'year' and month(months.last_month) = 12
        )

),

reopened as (

    select distinct
        expected.programme_id,
        expected.reporter_id,
        expected.period
    from expected
    inner join reopenings
        on
            expected.programme_id = reopenings.programme_id
            and expected.period = reopenings.period
            and coalesce(reopenings.reporter_id, expected.reporter_id) = expected.reporter_id

),

received as (

    select
        programme_id,
        reporter_id,
        period,
        min(received_at) as first_received_at,
        min(case when verdict = 'accepted' then received_at end) as first_accepted_at,
        max(case when is_counted then receipt_id end) as counted_receipt_id,
        count_if(verdict = 'accepted')::integer as version_count,
        count_if(verdict = 'returned')::integer as returned_count
    from submissions
    group by programme_id, reporter_id, period

),

stated as (

    select
        expected.programme_id,
        expected.reporter_id,
        expected.period,
        case
            when received.first_accepted_at > expected.due_at then 'late'
            when received.first_accepted_at is not null then 'submitted'
            when received.returned_count > 0 then 'returned'
            when not expected.is_ended then 'not_due'
            when expected.due_at <= {{ as_of_at() }} then 'overdue'
            else 'not_submitted'
        end as status,
        received.counted_receipt_id,
        coalesce(received.version_count, 0) as version_count,
        coalesce(received.returned_count, 0) as returned_count,
        coalesce(received.first_accepted_at > expected.due_at, false) as is_late,
        expected.due_at,
        expected.no_new_at,
        expected.no_edits_at,
        reopened.programme_id is not null as is_reopened,
        received.first_received_at,
        received.first_accepted_at
    from expected
    left join received
        on
            expected.programme_id = received.programme_id
            and expected.reporter_id = received.reporter_id
            and expected.period = received.period
    left join reopened
        on
            expected.programme_id = reopened.programme_id
            and expected.reporter_id = reopened.reporter_id
            and expected.period = reopened.period

)

select * from stated
