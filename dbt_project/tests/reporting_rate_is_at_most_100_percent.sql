-- The reporters with an accepted table are never more than those of whom one is expected: whoever sends twice, or sends
-- without being asked, must not fill the place of one who sent nothing.
with

expected as (

    select
        status.programme_id,
        status.period,
        count(distinct status.reporter_id) as expected_count,
        count_if(status.first_accepted_at is not null) as reported_count
    from {{ ref('submission_status') }} as status
    group by status.programme_id, status.period

)

select
    programme_id,
    period,
    reported_count,
    expected_count
from expected
where reported_count > expected_count
