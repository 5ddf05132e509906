{# Better is, in this order: fewer tables late or missing, of these fewer missing, a lower error ratio, fewer months
   changed later, smaller changes; equal in all of them is equal in rank, and the next rank is left out (1, 2, 2, 4). A
   reporter of which no row was judged has no error ratio and stands behind those that have one. Who owed nothing yet is
   not ranked, nor is the city. #}
with

returns_measured as (

    select * from {{ ref('int_returns_measured') }}

),

reporters as (

    select * from {{ ref('reporters') }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

months as (

    select
        periods.programme_id,
        periods.period,
        periods.cadence,
        months.period as month
    from periods
    inner join periods as months
        on
            periods.programme_id = months.programme_id
            and periods.first_month <= months.first_month
            and periods.last_month >= months.last_month
    where months.cadence = 'monthly_dispatch'

),

summed as (

    select
        months.programme_id,
        returns_measured.reporter_id,
        months.period,
        months.cadence,
        count_if(returns_measured.is_owed)::integer as owed_count,
        count_if(returns_measured.is_on_time)::integer as on_time_count,
        count_if(returns_measured.is_late)::integer as late_count,
        count_if(returns_measured.is_missing)::integer as missing_count,
        sum(returns_measured.days_late)::integer as days_late,
        sum(returns_measured.returned_count)::integer as returned_count,
        sum(returns_measured.return_finding_count)::integer as return_finding_count,
        sum(returns_measured.reminder_count)::integer as reminder_count,
        sum(returns_measured.row_count)::integer as row_count,
        count_if(returns_measured.change_count > 0)::integer as restated_month_count,
        sum(returns_measured.change_count)::integer as restated_figure_count,
        sum(returns_measured.sized_change_count)::hugeint as sized_change_count,
        sum(returns_measured.change_trillionths)::hugeint as change_trillionths
    from months
    inner join returns_measured
        on
            months.programme_id = returns_measured.programme_id
            and months.month = returns_measured.period
    group by months.programme_id, returns_measured.reporter_id, months.period, months.cadence

),

divided as (

    select
        * exclude (sized_change_count, change_trillionths),
        {{ exact_ratio('return_finding_count::decimal(24, 6)', 'row_count::decimal(24, 6)') }} as error_ratio,
        {{ trillionths_as_decimal('change_trillionths // nullif(sized_change_count, 0)') }} as restatement_ratio
    from summed

),

eligible as (

    select
        divided.*,
        divided.owed_count > 0 and reporters.reporter_kind != 'city' as is_ranked
    from divided
    inner join reporters
        on divided.reporter_id = reporters.reporter_id

),

ranked as (

    select
        programme_id,
        reporter_id,
        period,
        cadence,
        owed_count,
        on_time_count,
        late_count,
        missing_count,
        days_late,
        returned_count,
        return_finding_count,
        reminder_count,
        row_count,
        error_ratio,
        restated_month_count,
        restated_figure_count,
        restatement_ratio,
        case
            when is_ranked
                then rank() over (
                    partition by programme_id, period, is_ranked
                    order by
                        late_count + missing_count asc,
                        missing_count asc,
                        error_ratio asc nulls last,
                        restated_month_count asc,
                        coalesce(restatement_ratio, 0) asc
                )::integer
        end as rank,
        count_if(is_ranked) over (partition by programme_id, period)::integer as ranked_count
    from eligible

)

select * from ranked
