{{ config(materialized='view') }}

with

progress as (

    select * from {{ ref('int_progress_measured') }}

),

described as (

    select
        programme_id,
        reporter_id,
        indicator_id,
        period,
        cadence,
        value_state,
        target_state,
        target_id,
        light,
        month_value,
        cumulative_value,
        previous_value,
        same_period_value,
        mom_ratio,
        yoy_ratio,
        yoy_reported_ratio,
        target_value,
        completion_ratio,
        time_progress_ratio,
        progress_gap::decimal(24, 12) as progress_gap,
        needed_per_month,
        is_reachable,
        contribution_ratio,
        coalesce(reported_count, 0) as reported_count,
        coalesce(expected_count, 1) as expected_count,
        is_illustrative,
        is_sample
    from progress

)

select * from described
