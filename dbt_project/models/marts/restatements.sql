with

values_restated as (

    select * from {{ ref('int_values_restated') }}

),

told as (

    select
        programme_id,
        reporter_id,
        period,
        indicator_id,
        received_at,
        column_name,
        old_value,
        new_value,
        change_ratio
    from values_restated

)

select * from told
