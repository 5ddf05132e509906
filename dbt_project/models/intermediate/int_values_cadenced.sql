{# Months become periods of every cadence: the last month's cumulative or level, the flow inside the period, the same
   period a year before. The flow is the difference of two cumulatives, so that a month missing inside does not break it.
   What is compared with includes what those had that have become part of the reporter by then. #}
with

values_city as (

    select
        *,
        -- A sum over fewer reporters than expected is shown, but nothing is compared with it.
        case when cumulative_count = expected_count then cumulative_value end as comparable_value
    from {{ ref('int_values_with_ratios') }}

),

indicators as (

    select * from {{ ref('indicators') }}

),

programme_indicators as (

    select * from {{ ref('programme_indicators') }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}

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

past_values as (

    select
        lineages.reporter_id,
        lineages.held_from,
        lineages.held_until,
        values_city.indicator_id,
        values_city.last_month,
        {{ bridged_sum('values_city.comparable_value', 'values_city.kind') }}::decimal(24, 6) as comparable_value,
        {{ bridged_sum('values_city.month_value', 'values_city.kind') }}::decimal(24, 6) as month_value,
        bool_and(values_city.flow_count = values_city.expected_count) as is_flow_complete,
        bool_or(values_city.is_sample) as is_sample
    from lineages
    inner join values_city
        on
            lineages.part_id = values_city.reporter_id
            and lineages.effective_on > last_day(values_city.last_month)
    group by
        lineages.reporter_id,
        lineages.held_from,
        lineages.held_until,
        values_city.indicator_id,
        values_city.last_month

),

spined as (

    select
        periods.programme_id,
        periods.cadence,
        periods.period,
        periods.previous_period,
        periods.month_count,
        periods.is_ended,
        periods.first_month,
        periods.last_month,
        last_day(periods.last_month) as last_date,
        rosters.reporter_id,
        rosters.reporter_kind,
        rosters.group_id,
        rosters.all_group_ids,
        indicators.indicator_id,
        indicators.kind,
        indicators.direction,
        indicators.frequency,
        indicators.pace_rule,
        indicators.completion_rule,
        programme_indicators.ranking_bases
    from periods
    inner join programme_indicators
        on periods.programme_id = programme_indicators.programme_id
    inner join indicators
        on programme_indicators.indicator_id = indicators.indicator_id
    inner join rosters
        on
            periods.programme_id = rosters.programme_id
            and periods.period = rosters.period
    -- An indicator that another programme collects is asked of those that this other one names.
    left join home_rosters
        on
            indicators.home_programme_id = home_rosters.programme_id
            and rosters.reporter_id = home_rosters.reporter_id
            and strftime(periods.last_month, '%Y-%m') = home_rosters.period
    where {{ is_supplier('indicators', 'home_rosters') }} or rosters.reporter_kind = 'city'

),

month_flows as (

    select
        spined.programme_id,
        spined.period,
        spined.reporter_id,
        spined.indicator_id,
        case
            when count(past_values.month_value) = any_value(spined.month_count)
                then sum(past_values.month_value)
        end as summed_flow,
        bool_and(past_values.is_flow_complete) as is_flow_complete,
        bool_or(past_values.is_sample) as is_sample
    from spined
    inner join past_values
        on
            spined.reporter_id = past_values.reporter_id
            and spined.last_date >= past_values.held_from
            and spined.last_date < past_values.held_until
            and spined.indicator_id = past_values.indicator_id
            and past_values.last_month between spined.first_month and spined.last_month
    group by spined.programme_id, spined.period, spined.reporter_id, spined.indicator_id

),

joined as (

    select
        spined.*,
        at_end.cumulative_value,
        at_end.comparable_value,
        at_end.growth_pct,
        at_end.reported_count,
        at_end.expected_count,
        coalesce(month_flows.is_sample, false) as is_sample,
        coalesce(at_end.same_period_value, year_before.comparable_value) as same_period_value,
        month(spined.first_month) = 1 as is_from_january,
        case
            when month(spined.first_month) = 1 then at_end.comparable_value
            else at_end.comparable_value - before_start.comparable_value
        end as cumulated_flow,
        month_flows.summed_flow,
        case when month_flows.is_flow_complete then month_flows.summed_flow end as complete_flow
    from spined
    left join values_city as at_end
        on
            spined.reporter_id = at_end.reporter_id
            and spined.indicator_id = at_end.indicator_id
            and spined.last_month = at_end.last_month
    left join past_values as before_start
        on
            spined.reporter_id = before_start.reporter_id
            and spined.indicator_id = before_start.indicator_id
            and spined.first_month - interval 1 month = before_start.last_month
            and spined.last_date >= before_start.held_from
            and spined.last_date < before_start.held_until
    left join past_values as year_before
        on
            spined.reporter_id = year_before.reporter_id
            and spined.indicator_id = year_before.indicator_id
            and spined.last_month - interval 1 year = year_before.last_month
            and spined.last_date >= year_before.held_from
            and spined.last_date < year_before.held_until
    left join month_flows
        on
            spined.programme_id = month_flows.programme_id
            and spined.period = month_flows.period
            and spined.reporter_id = month_flows.reporter_id
            and spined.indicator_id = month_flows.indicator_id

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
    from joined

),

with_flow as (

    select
        * exclude (is_from_january, cumulated_flow, summed_flow, complete_flow),
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
