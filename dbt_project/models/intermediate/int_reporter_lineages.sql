{# Whose past is whose: every reporter is its own, and has that of those that became part of it, and of those that had
   become part of them, each until the day it did. #}
with recursive

reporters as (

    select * from {{ ref('reporters') }}

),

successions as (

    select * from {{ ref('reporter_successions') }}

),

taken_over as (

    select
        successor_id as reporter_id,
        predecessor_id as part_id,
        effective_on
    from successions
    union all
    select
        taken_over.reporter_id,
        successions.predecessor_id as part_id,
        successions.effective_on
    from taken_over
    inner join successions
        on taken_over.part_id = successions.successor_id

),

lineages as (

    select
        reporter_id,
        reporter_id as part_id,
        null::date as effective_on
    from reporters
    union all
    select
        reporter_id,
        part_id,
        effective_on
    from taken_over

)

select * from lineages
