{# Adds what the year has had so far: what a period of any length had is the difference of two of these, wherever in the
   year it lies. #}
{{ config(materialized='incremental', pre_hook="{{ built_by_period() }}") }}

with

reported as (

    select * from {{ ref('int_values_with_ratios') }}

),

described as (

    select
        *,
        flow_count = expected_count as is_flow_complete,
        -- A sum over fewer reporters than expected is shown, but nothing is compared with it.
        case when cumulative_count = expected_count then cumulative_value end as comparable_value
    from reported

),

to_date as (

    select
        *,
        {{ to_date_columns() }}
    from described
    window
        months_so_far as (
            partition by reporter_id, indicator_id, year
            order by last_month
        )

)

select * from to_date
where {{ is_built('period') }}
