{# Puts in what the city signed instead of a reported figure, from the day of the signature on. A test stops the build
   where that is no longer what the signature was given for. #}
{{ config(materialized='view') }}

with

reported as (

    select * from {{ ref('int_values_reported') }}

),

corrections as (

    select * from {{ ref('submission_corrections') }}
    where signed_on <= {{ as_of_date() }}

),

signed as (

    select
        programme_id,
        reporter_id,
        period,
        indicator_id,
        any_value(corrected_value) filter (where column_name = 'month_value') as month_value,
        any_value(corrected_value) filter (where column_name = 'cumulative_value') as cumulative_value,
        any_value(corrected_value) filter (where column_name = 'same_period_value') as same_period_value
    from corrections
    group by programme_id, reporter_id, period, indicator_id

),

corrected as (

    select
        reported.programme_id,
        reported.reporter_id,
        reported.period,
        reported.indicator_id,
        reported.is_sample,
        coalesce(signed.month_value, reported.month_value) as month_value,
        coalesce(signed.cumulative_value, reported.cumulative_value) as cumulative_value,
        coalesce(signed.same_period_value, reported.same_period_value) as same_period_value,
        reported.growth_pct,
        signed.indicator_id is not null as is_corrected
    from reported
    left join signed
        on
            reported.programme_id = signed.programme_id
            and reported.reporter_id = signed.reporter_id
            and reported.period = signed.period
            and reported.indicator_id = signed.indicator_id

)

select * from corrected
