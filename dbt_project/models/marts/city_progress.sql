with

targets as (

    select * from {{ ref('int_targets_by_period') }}

),

progress as (

    select * from {{ ref('int_progress_measured') }}

),

city_values as (

    select * from progress
    where reporter_kind = 'city'

),

areas as (

    select
        progress.target_id,
        progress.period,
        count(*)::integer as area_count,
        count_if(progress.cumulative_value is not null)::integer as reported_count,
        count_if(
            case progress.comparator
                when '>' then progress.cumulative_value > progress.target_value
                when '<=' then progress.cumulative_value <= progress.target_value
                else progress.cumulative_value >= progress.target_value
            end
        )::integer as met_count
    from progress
    where progress.reporter_kind != 'city'
    group by progress.target_id, progress.period

),

reporter_groups as (

    select * from {{ ref('reporter_groups') }}

),

joined as (

    select
        targets.programme_id,
        targets.target_id,
        targets.document_number,
        targets.clause,
        targets.indicator_id,
        targets.scope,
        reporter_groups.group_name as scope_name,
        targets.comparator,
        targets.value_low as target_value,
        targets.value_high,
        targets.unit,
        targets.strength,
        targets.is_approximate,
        targets.restates_target_id,
        targets.measured_period as period,
        targets.cadence,
        targets.scope = 'city' as is_pooled,
        city_values.cumulative_value,
        city_values.completion_ratio,
        city_values.target_state,
        city_values.value_state,
        areas.met_count,
        areas.area_count,
        if(targets.scope = 'city', city_values.reported_count, areas.reported_count) as reported_count,
        if(targets.scope = 'city', city_values.expected_count, areas.area_count) as expected_count,
        targets.is_scored
    from targets
    inner join city_values
        on
            targets.programme_id = city_values.programme_id
            and targets.indicator_id = city_values.indicator_id
            and targets.measured_period = city_values.period
    left join areas
        on
            targets.target_id = areas.target_id
            and targets.measured_period = areas.period
    left join reporter_groups
        on
            targets.programme_id = reporter_groups.programme_id
            and targets.scope = 'each:' || reporter_groups.group_id

),

assessed as (

    select
        programme_id,
        target_id,
        document_number,
        clause,
        indicator_id,
        scope,
        scope_name,
        comparator,
        target_value,
        value_high,
        unit,
        strength,
        is_approximate,
        restates_target_id,
        period,
        cadence,
        case when is_pooled then cumulative_value end as actual_value,
        case when is_pooled then completion_ratio end as completion_ratio,
        case
            when not is_pooled then met_count = area_count
            when comparator = '>' then cumulative_value > target_value
            when comparator = '<=' then cumulative_value <= target_value
            else cumulative_value >= target_value
        end as is_met,
        case when not is_pooled then met_count end as met_count,
        case when not is_pooled then area_count end as area_count,
        coalesce(reported_count, 0)::integer as reported_count,
        coalesce(expected_count, 0)::integer as expected_count,
        value_state,
        case when is_scored then 'set' else 'not_scored' end as target_state
    from joined

)

select * from assessed
