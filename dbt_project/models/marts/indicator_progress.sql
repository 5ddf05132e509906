with

progress as (

    select * from {{ ref('int_progress_measured') }}

),

best_months as (

    select * from {{ ref('int_best_months') }}

),

city_targets as (

    select
        programme_id,
        indicator_id,
        period,
        target_value
    from progress
    where reporter_kind = 'city' and target_state = 'set'

),

indicators as (

    select * from {{ ref('indicators') }}

),

with_needs as (

    select
        progress.*,
        -- Of what is counted afresh each year, and is to reach a figure in this one.
        case
            when
                progress.kind = 'increment'
                and progress.target_state = 'set'
                and progress.comparator != '<='
                -- The greatest of nothing and zero would be zero.
                and progress.cumulative_value is not null
                and year(progress.last_month) = year(progress.due_month)
                then {{ exact_ratio(
                    'greatest(progress.target_value - progress.cumulative_value, 0)::decimal(24, 6)',
                    "date_diff('month', progress.last_month, progress.due_month)::decimal(24, 6)"
                ) }}
        end as needed_per_month,
        best_months.best_month_value,
        -- Where the city's figure was not divided, what a reporter contributes to it.
        case
            when
                progress.target_state = 'no_target'
                and progress.reporter_kind != 'city'
                and indicators.city_method = 'sum'
                then {{ exact_ratio('progress.cumulative_value', 'city_targets.target_value') }}
        end as contribution_ratio
    from progress
    left join indicators
        on progress.indicator_id = indicators.indicator_id
    left join best_months
        on
            progress.programme_id = best_months.programme_id
            and progress.reporter_id = best_months.reporter_id
            and progress.indicator_id = best_months.indicator_id
            and progress.last_month = best_months.last_month
    left join city_targets
        on
            progress.programme_id = city_targets.programme_id
            and progress.indicator_id = city_targets.indicator_id
            and progress.period = city_targets.period

),

light_bands as (

    select * from {{ ref('light_bands') }}

),

-- A blank bound is an open end; no exact ratio reaches the figures that stand for it.
closed_bands as (

    select
        programme_id,
        light,
        coalesce(gap_from::decimal(24, 6), -999999999999) as gap_from,
        coalesce(gap_to::decimal(24, 6), 999999999999) as gap_to
    from light_bands

),

lit as (

    select
        progress.programme_id,
        progress.reporter_id,
        progress.indicator_id,
        progress.period,
        progress.cadence,
        progress.value_state,
        progress.target_state,
        progress.target_id,
        case when progress.target_state = 'set' then closed_bands.light end as light,
        progress.month_value,
        progress.cumulative_value,
        progress.previous_value,
        progress.same_period_value,
        progress.mom_ratio,
        progress.yoy_ratio,
        progress.yoy_reported_ratio,
        progress.target_value,
        progress.completion_ratio,
        progress.time_progress_ratio,
        progress.progress_gap::decimal(24, 12) as progress_gap,
        progress.needed_per_month,
        progress.needed_per_month <= progress.best_month_value as is_reachable,
        progress.contribution_ratio,
        coalesce(progress.reported_count, 0) as reported_count,
        coalesce(progress.expected_count, 1) as expected_count,
        progress.is_illustrative,
        progress.is_sample
    from with_needs as progress
    left join closed_bands
        on
            progress.programme_id = closed_bands.programme_id
            and progress.progress_gap >= closed_bands.gap_from
            and progress.progress_gap < closed_bands.gap_to

)

select * from lit
