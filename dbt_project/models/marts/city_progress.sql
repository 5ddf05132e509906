{{ config(materialized='incremental', on_schema_change='fail', pre_hook="{{ built_by_period() }}") }}

with

targets as (

    select * from {{ ref('int_targets_by_period') }}
    where {{ is_built('measured_period') }}

),

progress as (

    select * from {{ ref('int_progress_measured') }}
    where {{ is_built('period') }}

),

city_values as (

    select * from {{ ref('int_progress_measured') }}
    where
        reporter_kind = 'city'
        and {{ is_built('period') }}

),

rosters as (

    select * from {{ ref('int_rosters') }}
    where {{ is_built('period') }}

),

members as (

    select
        programme_id,
        period,
        reporter_id,
        'each:' || unnest(all_group_ids) as scope
    from rosters

),

bases as (

    select * from {{ ref('target_bases') }}

),

areas as (

    select
        targets.target_id,
        targets.measured_period as period,
        count(*)::integer as area_count,
        count(progress.cumulative_value)::integer as reported_count,
        count_if(
            {{ is_met_by(
                'progress.cumulative_value',
                '(targets.value_low * if(targets.is_multiple_of_base, bases.base_value, 1))::decimal(24, 6)',
                'targets.comparator'
            ) }}
        )::integer as met_count,
        bool_or(targets.is_multiple_of_base and bases.base_value is null) as is_base_missing,
        min(progress.value_state) as any_value_state
    from targets
    inner join members
        on
            targets.programme_id = members.programme_id
            and targets.measured_period = members.period
            and targets.scope = members.scope
    left join progress
        on
            members.programme_id = progress.programme_id
            and members.reporter_id = progress.reporter_id
            and members.period = progress.period
            and targets.indicator_id = progress.indicator_id
    left join bases
        on
            targets.target_id = bases.target_id
            and members.reporter_id = bases.reporter_id
    where targets.scope != 'city'
    group by targets.target_id, targets.measured_period

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
        targets.stretches_target_id,
        targets.note,
        targets.measured_period as period,
        targets.cadence,
        targets.scope = 'city' as is_pooled,
        city_values.cumulative_value,
        case
            when targets.scope = 'city' then city_values.value_state
            when areas.reported_count > 0 then 'reported'
            -- In a period in which the group has no members yet, or no more, nothing is due.
            else coalesce(areas.any_value_state, 'not_due')
        end as value_state,
        coalesce(targets.comparator, '') = '' as is_text,
        case
            when targets.scope = 'city' then targets.is_multiple_of_base and bases.base_value is null
            else coalesce(areas.is_base_missing, false)
        end as is_base_missing,
        (targets.value_low * if(targets.is_multiple_of_base, bases.base_value, 1))::decimal(24, 6) as needed_value,
        coalesce(areas.met_count, 0) as met_count,
        coalesce(areas.area_count, 0) as area_count,
        if(targets.scope = 'city', city_values.reported_count, areas.reported_count) as reported_count,
        if(targets.scope = 'city', coalesce(city_values.expected_count, 1), areas.area_count) as expected_count,
        targets.is_scored,
        targets.completion_rule
    from targets
    left join city_values
        on
            targets.programme_id = city_values.programme_id
            and targets.indicator_id = city_values.indicator_id
            and targets.measured_period = city_values.period
    left join areas
        on
            targets.target_id = areas.target_id
            and targets.measured_period = areas.period
    left join bases
        on
            targets.target_id = bases.target_id
            and city_values.reporter_id = bases.reporter_id
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
        stretches_target_id,
        note,
        period,
        cadence,
        case when is_pooled then cumulative_value end as actual_value,
        case
            when is_pooled and not is_base_missing and coalesce(completion_rule, '') != 'met'
                then {{ completion_of('cumulative_value', 'needed_value', 'comparator') }}
        end as completion_ratio,
        case
            when is_base_missing or is_text then null
            when not is_pooled then met_count = nullif(area_count, 0)
            else {{ is_met_by('cumulative_value', 'needed_value', 'comparator') }}
        end as is_met,
        case when not is_pooled then met_count end as met_count,
        case when not is_pooled then area_count end as area_count,
        coalesce(reported_count, 0)::integer as reported_count,
        coalesce(expected_count, 0)::integer as expected_count,
        value_state,
        case
            when is_text then 'text'
            when is_base_missing then 'base_missing'
            when is_scored then 'set'
            else 'not_scored'
        end as target_state
    from joined

)

select * from assessed
