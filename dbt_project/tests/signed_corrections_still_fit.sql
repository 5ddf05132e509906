-- A correction was signed for a certain figure. Where the reporter has sent another one since, nobody knows which of
-- the two is right: the build stops until the row of submission_corrections.csv is mended or taken out.
with

reported as (

    unpivot {{ ref('int_values_reported') }}
    on month_value, cumulative_value, same_period_value
    into name column_name value found_value

)

select
    corrections.programme_id,
    corrections.reporter_id,
    corrections.period,
    corrections.indicator_id,
    corrections.column_name,
    corrections.expected_value,
    reported.found_value
from {{ ref('submission_corrections') }} as corrections
left join reported
    on
        corrections.programme_id = reported.programme_id
        and corrections.reporter_id = reported.reporter_id
        and corrections.period = reported.period
        and corrections.indicator_id = reported.indicator_id
        and corrections.column_name = reported.column_name
where
    corrections.signed_on <= {{ as_of_date() }}
    and reported.found_value is distinct from corrections.expected_value
