{# Whose past is whose: every reporter is its own and, from the day that others became part of it, has theirs too, and
   that of those that had become part of them. Before that day it is compared with its own past alone. #}
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
        effective_on as joined_on,
        effective_on
    from successions
    union all
    select
        taken_over.reporter_id,
        successions.predecessor_id as part_id,
        greatest(taken_over.joined_on, successions.effective_on) as joined_on,
        least(taken_over.effective_on, successions.effective_on) as effective_on
    from taken_over
    inner join successions
        on taken_over.part_id = successions.successor_id

),

parts as (

    select
        reporter_id,
        reporter_id as part_id,
        '-infinity'::date as joined_on,
        'infinity'::date as effective_on
    from reporters
    union all
    select
        reporter_id,
        part_id,
        joined_on,
        effective_on
    from taken_over

),

joinings as (

    select distinct
        reporter_id,
        joined_on
    from parts

),

extents as (

    select
        reporter_id,
        joined_on as held_from,
        lead(joined_on, 1, 'infinity'::date) over (partition by reporter_id order by joined_on) as held_until
    from joinings

),

lineages as (

    select
        extents.reporter_id,
        extents.held_from,
        extents.held_until,
        parts.part_id,
        parts.effective_on
    from extents
    inner join parts
        on
            extents.reporter_id = parts.reporter_id
            and extents.held_from >= parts.joined_on

)

select * from lineages
