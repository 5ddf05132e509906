with

progress as (

    select * from {{ ref('int_progress_measured') }}

),

light_bands as (

    select * from {{ ref('light_bands') }}

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
        case when progress.target_state = 'set' then light_bands.light end as light,
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
        coalesce(progress.reported_count, 0) as reported_count,
        coalesce(progress.expected_count, 1) as expected_count,
        progress.is_illustrative,
        progress.is_sample
    from progress
    left join light_bands
        on
            progress.programme_id = light_bands.programme_id
            and progress.progress_gap >= light_bands.gap_from
            and progress.progress_gap < light_bands.gap_to

)

select * from lit
