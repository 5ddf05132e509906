{# The most that a reporter did in one month, of the twelve that end with each month: what a need is held against. #}
{{ config(materialized='incremental', pre_hook="{{ built_by_period() }}") }}

with

progress_values as (

    select * from {{ ref('int_values_cadenced') }}
    where
        cadence = 'monthly_dispatch'
        and kind = 'increment'
        and {{ is_built_year('period', years_before=1) }}

),

best as (

    select
        programme_id,
        reporter_id,
        indicator_id,
        period,
        last_month,
        max(month_value) over (
            partition by programme_id, reporter_id, indicator_id
            order by last_month
            range between interval 11 months preceding and current row
        ) as best_month_value
    from progress_values

)

select * from best
where {{ is_built('period') }}
