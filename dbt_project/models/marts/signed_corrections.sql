with

corrections as (

    select * from {{ ref('submission_corrections') }}
    where signed_on <= {{ as_of_date() }}

),

described as (

    select
        programme_id,
        reporter_id,
        period,
        indicator_id,
        column_name,
        expected_value,
        corrected_value,
        reason,
        signed_by,
        signed_on
    from corrections

)

select * from described
