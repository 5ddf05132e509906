{{ config(alias='reporters') }}

with

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

rosters as (

    select * from {{ ref('int_rosters') }}

),

registered as (

    select * from {{ ref('reporters') }}

),

reporter_groups as (

    select * from {{ ref('reporter_groups') }}

),

latest_rosters as (

    select rosters.*
    from rosters
    inner join periods
        on
            rosters.programme_id = periods.programme_id
            and rosters.period = periods.period
    qualify row_number() over (
        partition by rosters.programme_id, rosters.reporter_id
        order by periods.last_date desc, periods.period asc
    ) = 1

),

described as (

    select
        latest_rosters.programme_id,
        latest_rosters.reporter_id,
        registered.reporter_name,
        registered.reporter_kind,
        latest_rosters.group_id,
        reporter_groups.group_name,
        reporter_groups.display_order as group_display_order,
        registered.display_order
    from latest_rosters
    inner join registered
        on latest_rosters.reporter_id = registered.reporter_id
    left join reporter_groups
        on
            latest_rosters.programme_id = reporter_groups.programme_id
            and latest_rosters.group_id = reporter_groups.group_id

)

select * from described
