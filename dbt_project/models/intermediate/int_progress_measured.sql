{# What is still needed for the target, and the light. #}
{{ config(materialized='incremental', pre_hook="{{ built_by_period() }}") }}

with

progress as (

    select * from {{ ref('int_progress_compared') }}

),

best_months as (

    select * from {{ ref('int_best_months') }}
    where {{ is_built_year('period') }}

),

targets as (

    select * from {{ ref('int_targets_by_reporter') }}
    where {{ is_built('period') }}

),

cities as (

    select * from {{ ref('reporters') }}
    where reporter_kind = 'city'

),

city_targets as (

    select
        targets.programme_id,
        targets.indicator_id,
        targets.period,
        targets.target_value
    from targets
    inner join cities
        on targets.reporter_id = cities.reporter_id
    where
        targets.is_scored
        and not targets.is_text
        and not targets.is_base_missing

),

indicators as (

    select * from {{ ref('indicators') }}

),

joined as (

    select
        progress.*,
        best_months.best_month_value,
        -- Of what is counted afresh each year, and is to reach a figure in this one.
        case
            when
                progress.kind = 'increment'
                and progress.target_state = 'set'
                and progress.comparator != '<='
                -- The greatest of nothing and zero would be zero.
                and progress.cumulative_value is not null
                and year(progress.last_month) = year(progress.due_month)
                then greatest(progress.target_value - progress.cumulative_value, 0)::decimal(24, 6)
        end as needed_value,
        date_diff('month', progress.last_month, progress.due_month)::decimal(24, 6) as months_left,
        -- Where the city's figure was not divided, what a reporter contributes to it.
        case
            when
                progress.target_state = 'no_target'
                and progress.reporter_kind != 'city'
                and indicators.city_method = 'sum'
                then progress.cumulative_value
        end as contributed_value,
        city_targets.target_value as city_target_value
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

with_needs as (

    select
        * exclude (needed_value, months_left, contributed_value, city_target_value),
        {{ exact_ratio('needed_value', 'months_left') }} as needed_per_month,
        {{ exact_ratio('contributed_value', 'city_target_value') }} as contribution_ratio
    from joined

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
        progress.*,
        progress.needed_per_month <= progress.best_month_value as is_reachable,
        case when progress.target_state = 'set' then closed_bands.light end as light
    from with_needs as progress
    left join closed_bands
        on
            progress.programme_id = closed_bands.programme_id
            and progress.progress_gap >= closed_bands.gap_from
            and progress.progress_gap < closed_bands.gap_to

)

select * exclude (best_month_value) from lit
