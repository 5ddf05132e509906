{# Months become periods of every cadence: the last month's cumulative or level, the flow inside the period, the same
   period a year before. The flow is the difference of two cumulatives, so that a month missing inside does not break it.
   What is compared with includes what the reporter's predecessors had. #}
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

lineages as (

    select * from {{ ref('int_reporter_lineages') }}

),

past_values as (

    select
        lineages.reporter_id,
        values_city.indicator_id,
        values_city.last_month,
        {{ bridged_sum('values_city.comparable_value', 'values_city.kind') }}::decimal(24, 6) as comparable_value
    from lineages
    inner join values_city
        on
            lineages.part_id = values_city.reporter_id
            and coalesce(lineages.effective_on > values_city.last_month, true)
    group by lineages.reporter_id, values_city.indicator_id, values_city.last_month

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
        rosters.reporter_id,
        rosters.reporter_kind,
        rosters.group_id,
        rosters.all_group_ids,
        indicators.indicator_id,
        indicators.kind,
        indicators.direction,
        indicators.frequency,
        indicators.pace_rule,
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
            and ({{ is_supplier('indicators', 'rosters') }} or rosters.reporter_kind = 'city')

),

month_flows as (

    select
        spined.programme_id,
        spined.period,
        spined.reporter_id,
        spined.indicator_id,
        case
            when count(values_city.month_value) = any_value(spined.month_count)
                then sum(values_city.month_value)
        end as summed_flow,
        bool_and(values_city.flow_count = values_city.expected_count) as is_flow_complete,
        bool_or(values_city.is_sample) as is_sample
    from spined
    inner join values_city
        on
            spined.reporter_id = values_city.reporter_id
            and spined.indicator_id = values_city.indicator_id
            and values_city.last_month between spined.first_month and spined.last_month
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
        coalesce(month_flows.is_flow_complete, false) as is_flow_complete,
        coalesce(at_end.same_period_value, year_before.comparable_value) as same_period_value,
        case
            when spined.kind != 'increment' then null
            when month(spined.first_month) = 1 and spined.month_count > 1 then at_end.cumulative_value
            when spined.month_count > 1
                then coalesce(at_end.comparable_value - before_start.comparable_value, month_flows.summed_flow)
            else coalesce(
                month_flows.summed_flow,
                case
                    when month(spined.first_month) = 1 then at_end.cumulative_value
                    else at_end.comparable_value - before_start.comparable_value
                end
            )
        end::decimal(24, 6) as month_value
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
    left join past_values as year_before
        on
            spined.reporter_id = year_before.reporter_id
            and spined.indicator_id = year_before.indicator_id
            and spined.last_month - interval 1 year = year_before.last_month
    left join month_flows
        on
            spined.programme_id = month_flows.programme_id
            and spined.period = month_flows.period
            and spined.reporter_id = month_flows.reporter_id
            and spined.indicator_id = month_flows.indicator_id

)

select * from joined
