-- Bands of a programme must meet end to end, from an open end to an open end: a gap would leave a reporter without a
-- light, an overlap would give it two.
select
    programme_id,
    light
from {{ ref('light_bands') }}
window bands as (partition by programme_id order by gap_from nulls first)
qualify
    lag(gap_to) over bands is distinct from gap_from
    or (lead(light) over bands is null) != (gap_to is null)
