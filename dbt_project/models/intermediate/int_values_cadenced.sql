{# Months become periods of every cadence: the last month's cumulative or level, the flow inside the period, the same
   period a year before. The flow is the difference of two cumulatives, so that a month missing inside does not break it.
   What is compared with includes what those had that have become part of the reporter by then. #}
{{ config(materialized='incremental', pre_hook="{{ built_by_period() }}") }}

with

values_to_date as (

    select * from {{ ref('int_values_to_date') }}
    where {{ is_built_year('period') }}

),

values_compared as (

    select * from {{ ref('int_values_to_date') }}
    where {{ is_built_year('period', years_before=1) }}

),

indicators as (

    select * from {{ ref('indicators') }}

),

programme_indicators as (

    select * from {{ ref('programme_indicators') }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}
    where {{ is_built('period') }}

),

rosters as (

    select * from {{ ref('int_rosters') }}

),

home_rosters as (

    select * from {{ ref('int_rosters') }}

),

lineages as (

    select * from {{ ref('int_reporter_lineages') }}

),

successors as (

    select distinct reporter_id
    from lineages
    where reporter_id != part_id

),

bridged_months as (

    select
        lineages.reporter_id,
        lineages.held_from,
        lineages.held_until,
        values_compared.indicator_id,
        values_compared.year,
        values_compared.last_month,
        {{ bridged_sum('values_compared.comparable_value', 'values_compared.kind') }}::decimal(24, 6)
            as comparable_value,
        {{ bridged_sum('values_compared.month_value', 'values_compared.kind') }}::decimal(24, 6) as month_value,
        bool_and(values_compared.flow_count = values_compared.expected_count) as is_flow_complete,
        bool_or(values_compared.is_sample) as is_sample
    from lineages
    inner join successors
        on lineages.reporter_id = successors.reporter_id
    inner join values_compared
        on
            lineages.part_id = values_compared.reporter_id
            and lineages.effective_on > last_day(values_compared.last_month)
    group by
        lineages.reporter_id,
        lineages.held_from,
        lineages.held_until,
        values_compared.indicator_id,
        values_compared.year,
        values_compared.last_month

),

bridged as (

    select
        reporter_id,
        held_from,
        held_until,
        indicator_id,
        last_month,
        comparable_value,
        {{ to_date_columns() }}
    from bridged_months
    window
        months_so_far as (
            partition by reporter_id, held_from, indicator_id, year
            order by last_month
        )

),

-- Most reporters never took another over: their past is their own.
past_values as (

    select
        values_compared.reporter_id,
        '-infinity'::date as held_from,
        'infinity'::date as held_until,
        values_compared.indicator_id,
        values_compared.last_month,
        values_compared.comparable_value,
        values_compared.flow_to_date,
        values_compared.flow_months_to_date,
        values_compared.open_months_to_date,
        values_compared.sample_months_to_date
    from values_compared
    where values_compared.reporter_id not in (select successors.reporter_id from successors)
    union all by name
    select * from bridged

),

values_at_end as (

    select
        values_to_date.reporter_id,
        values_to_date.indicator_id,
        values_to_date.last_month,
        values_to_date.cumulative_value,
        values_to_date.comparable_value,
        values_to_date.same_period_value,
        values_to_date.growth_pct,
        values_to_date.reported_count,
        values_to_date.expected_count,
        values_to_date.flow_to_date,
        values_to_date.flow_months_to_date,
        values_to_date.open_months_to_date,
        values_to_date.sample_months_to_date
    from values_to_date
    where values_to_date.reporter_id not in (select successors.reporter_id from successors)
    union all by name
    select
        values_to_date.reporter_id,
        values_to_date.indicator_id,
        values_to_date.last_month,
        values_to_date.cumulative_value,
        values_to_date.comparable_value,
        values_to_date.same_period_value,
        values_to_date.growth_pct,
        values_to_date.reported_count,
        values_to_date.expected_count,
        bridged.flow_to_date,
        bridged.flow_months_to_date,
        bridged.open_months_to_date,
        bridged.sample_months_to_date
    from values_to_date
    inner join bridged
        on
            values_to_date.reporter_id = bridged.reporter_id
            and values_to_date.indicator_id = bridged.indicator_id
            and values_to_date.last_month = bridged.last_month
            and last_day(values_to_date.last_month) >= bridged.held_from
            and last_day(values_to_date.last_month) < bridged.held_until

),

home_programmes as (

    select distinct
        programme_indicators.programme_id,
        indicators.home_programme_id
    from programme_indicators
    inner join indicators
        on programme_indicators.indicator_id = indicators.indicator_id

),

-- An indicator that another programme collects is asked of those that this other one names.
asked as (

    select
        periods.programme_id,
        home_programmes.home_programme_id,
        periods.cadence,
        periods.period,
        periods.previous_period,
        periods.month_count,
        periods.is_ended,
        periods.first_month,
        periods.last_month,
        last_day(periods.last_month) as last_date,
        -- Years stand alone: nothing comes before January.
        case
            when month(periods.first_month) > 1 then (periods.first_month - interval 1 month)::date
        end as month_before,
        (periods.last_month - interval 1 year)::date as month_a_year_before,
        rosters.reporter_id,
        rosters.reporter_kind,
        rosters.group_id,
        home_rosters.reporter_id is not null as is_at_home,
        home_rosters.all_group_ids
    from periods
    inner join rosters
        on
            periods.programme_id = rosters.programme_id
            and periods.period = rosters.period
    inner join home_programmes
        on periods.programme_id = home_programmes.programme_id
    left join home_rosters
        on
            home_programmes.home_programme_id = home_rosters.programme_id
            and rosters.reporter_id = home_rosters.reporter_id
            and strftime(periods.last_month, '%Y-%m') = home_rosters.period

),

spined as (

    select
        asked.*,
        indicators.indicator_id,
        indicators.kind,
        indicators.direction,
        indicators.frequency,
        indicators.pace_rule,
        indicators.completion_rule,
        programme_indicators.ranking_bases
    from asked
    inner join programme_indicators
        on asked.programme_id = programme_indicators.programme_id
    inner join indicators
        on
            programme_indicators.indicator_id = indicators.indicator_id
            and asked.home_programme_id = indicators.home_programme_id
    where
        asked.reporter_kind = 'city'
        or (asked.is_at_home and {{ is_supplier('indicators', 'asked') }})

),

joined as (

    select
        spined.*,
        at_end.cumulative_value,
        at_end.comparable_value,
        at_end.growth_pct,
        at_end.reported_count,
        at_end.expected_count,
        coalesce(at_end.same_period_value, year_before.comparable_value) as same_period_value,
        month(spined.first_month) = 1 as is_from_january,
        case
            when month(spined.first_month) = 1 then at_end.comparable_value
            else at_end.comparable_value - before_start.comparable_value
        end as cumulated_flow,
        at_end.flow_to_date - coalesce(before_start.flow_to_date, 0) as flow,
        at_end.flow_months_to_date - coalesce(before_start.flow_months_to_date, 0) as flow_months,
        at_end.open_months_to_date - coalesce(before_start.open_months_to_date, 0) as open_months,
        at_end.sample_months_to_date - coalesce(before_start.sample_months_to_date, 0) as sample_months
    from spined
    left join values_at_end as at_end
        on
            spined.reporter_id = at_end.reporter_id
            and spined.indicator_id = at_end.indicator_id
            and spined.last_month = at_end.last_month
    left join past_values as before_start
        on
            spined.reporter_id = before_start.reporter_id
            and spined.indicator_id = before_start.indicator_id
            and spined.month_before = before_start.last_month
            and spined.last_date >= before_start.held_from
            and spined.last_date < before_start.held_until
    left join past_values as year_before
        on
            spined.reporter_id = year_before.reporter_id
            and spined.indicator_id = year_before.indicator_id
            and spined.month_a_year_before = year_before.last_month
            and spined.last_date >= year_before.held_from
            and spined.last_date < year_before.held_until

),

with_summed_flow as (

    select
        * exclude (
            home_programme_id,
            is_at_home,
            all_group_ids,
            month_before,
            month_a_year_before,
            flow,
            flow_months,
            open_months,
            sample_months
        ),
        coalesce(sample_months > 0, false) as is_sample,
        case when flow_months = month_count then flow end as summed_flow,
        case when flow_months = month_count and open_months = 0 then flow end as complete_flow
    from joined

),

with_comparable_flow as (

    select
        *,
        case
            when kind != 'increment' then null
            -- A month's own figure comes before the difference, which a restatement moves.
            when month_count = 1 then coalesce(complete_flow, cumulated_flow)
            when is_from_january then cumulated_flow
            else coalesce(cumulated_flow, complete_flow)
        end::decimal(24, 6) as comparable_flow
    from with_summed_flow

),

with_flow as (

    select
        * exclude (is_from_january, cumulated_flow, summed_flow, complete_flow, comparable_flow),
        case when kind = 'increment' then comparable_flow else comparable_value end as compared_value,
        case
            when kind != 'increment' then null
            -- The city's flow over fewer reporters than expected is shown, but nothing is compared with it.
            else coalesce(
                comparable_flow,
                case when is_from_january then cumulative_value end,
                case when month_count = 1 or not is_from_january then summed_flow end
            )
        end::decimal(24, 6) as month_value
    from with_comparable_flow

)

select * from with_flow
