-- Bands of a programme must meet end to end: a gap would leave a reporter without a light,
-- an overlap would give it two.
select
    programme_id,
    light
from {{ ref('light_bands') }}
qualify
    lag(gap_to) over (partition by programme_id order by gap_from) is distinct from gap_from
    and row_number() over (partition by programme_id order by gap_from) > 1
