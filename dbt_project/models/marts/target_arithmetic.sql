{# ingestion/target_arithmetic.py says the same of a registry before anything is built; a test keeps them equal. #}
with

targets as (

    select * from {{ ref('int_targets_by_period') }}
    where measured_period = period

),

indicators as (

    select * from {{ ref('indicators') }}

),

reporters as (

    select * from {{ ref('reporters') }}

),

progress as (

    select * from {{ ref('int_progress_measured') }}
    where reporter_kind != 'city'

),

rosters as (

    select * from {{ ref('int_rosters') }}

),

areas as (

    select
        progress.programme_id,
        progress.reporter_id,
        progress.indicator_id,
        progress.period,
        progress.target_value,
        progress.is_illustrative,
        rosters.all_group_ids
    from progress
    inner join rosters
        on
            progress.programme_id = rosters.programme_id
            and progress.period = rosters.period
            and progress.reporter_id = rosters.reporter_id
    where (progress.programme_id, progress.period) in (select (targets.programme_id, targets.period) from targets)

),

described as (

    select
        targets.programme_id,
        targets.target_id,
        targets.indicator_id,
        indicators.indicator_name,
        targets.period,
        targets.scope,
        targets.unit,
        targets.restates_target_id,
        targets.value_low,
        targets.value_high,
        targets.scope = 'city' as is_city,
        -- Reporters owe their part of the first of two tiers.
        targets.stretches_target_id is not null as is_stretch,
        coalesce(
            indicators.city_method = 'sum'
            and indicators.kind not in ('rate', 'ratio')
            and indicators.unit = targets.unit
            and targets.value_low is not null,
            false
        ) as is_additive
    from targets
    inner join indicators
        on targets.indicator_id = indicators.indicator_id

),

parted as (

    select
        described.*,
        areas.reporter_id,
        areas.is_illustrative,
        reporters.reporter_name,
        reporters.display_order,
        case
            when not described.is_city then described.value_low
            when not described.is_stretch then areas.target_value
        end as part_value
    from described
    left join areas
        on
            described.programme_id = areas.programme_id
            and described.indicator_id = areas.indicator_id
            and described.period = areas.period
            and (
                described.is_city
                or list_contains(areas.all_group_ids, split_part(described.scope, ':', 2))
            )
    left join reporters
        on areas.reporter_id = reporters.reporter_id

),

summed as (

    select
        programme_id,
        target_id,
        indicator_id,
        indicator_name,
        period,
        scope,
        unit,
        restates_target_id,
        is_city,
        is_additive,
        string_agg(
            case when part_value is null then reporter_name end, '、' order by display_order, reporter_id
        ) as reporters_without_part,
        case when is_city then value_low end as city_value,
        case when is_city then value_high end as city_value_high,
        case when is_additive then sum(part_value) filter (where reporter_id is not null) end::decimal(24, 6)
            as split_sum,
        count_if(part_value is not null and reporter_id is not null)::integer as split_count,
        count(reporter_id)::integer as expected_count,
        coalesce(bool_or(is_illustrative and is_city and part_value is not null), false) as is_illustrative
    from parted
    group by
        programme_id,
        target_id,
        indicator_id,
        indicator_name,
        period,
        scope,
        unit,
        restates_target_id,
        is_city,
        is_additive,
        value_low,
        value_high

),

compared as (

    select
        *,
        -- Inside a range nothing is short and nothing is over.
        case
            when city_value is not null
                then split_sum - least(greatest(split_sum, city_value), coalesce(city_value_high, city_value))
        end::decimal(24, 6) as gap_value,
        bool_or(is_city and is_additive) over (partition by programme_id, indicator_id, period) as has_city_target
    from summed

),

stated as (

    select
        *,
        {{ exact_ratio('gap_value', 'city_value') }} as gap_ratio,
        case
            when not is_additive then 'not_additive'
            when not is_city then if(has_city_target, 'in_city_target', 'no_city_target')
            when split_count = 0 then 'no_splits'
            when split_count < expected_count then 'incomplete'
            when gap_value = 0 then 'equal'
            else if(gap_value > 0, 'more', 'less')
        end as state,
        row_number() over (
            partition by
                coalesce(restates_target_id, target_id),
                city_value,
                city_value_high,
                split_sum,
                reporters_without_part
            order by restates_target_id is not null, target_id, programme_id, period
        ) as wording_number
    from compared

),

worded as (

    select
        programme_id,
        target_id,
        indicator_id,
        period,
        scope,
        unit,
        restates_target_id,
        state,
        case when state = 'incomplete' then reporters_without_part end as reporters_without_part,
        case
            when state in ('incomplete', 'more', 'less') and wording_number = 1
                then concat(
                    '提醒：目标 ', target_id, '（', indicator_name, '）',
                    case
                        when state = 'incomplete'
                            then concat(
                                '有 ', expected_count - split_count, ' 个单位没有分解：', reporters_without_part,
                                '；其余'
                            )
                    end,
                    '各单位分解合计 ', {{ plain_number('split_sum') }}, ' ', unit,
                    '，全市目标 ', {{ plain_number('city_value') }},
                    '—' || {{ plain_number('city_value_high') }},
                    ' ', unit,
                    case
                        when gap_value = 0 then '，两者相符'
                        else concat(
                            '，', if(gap_value > 0, '多', '少'), ' ', {{ plain_number('abs(gap_value)') }}, ' ', unit
                        )
                    end,
                    if(is_illustrative, '（分解为示例）', '')
                )
        end as message,
        city_value,
        city_value_high,
        split_sum,
        gap_value,
        gap_ratio,
        split_count,
        expected_count,
        is_illustrative
    from stated

)

select * from worded
