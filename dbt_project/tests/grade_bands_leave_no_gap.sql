-- The grades of a scheme's cadence must meet end to end, from an open end to an open end: a gap would leave a score
-- without a grade, an overlap would give it two.
select
    scheme_id,
    cadence,
    grade
from {{ ref('grade_bands') }}
window bands as (partition by scheme_id, cadence order by score_from nulls first)
qualify
    lag(score_to) over bands is distinct from score_from
    or (lead(grade) over bands is null) != (score_to is null)
