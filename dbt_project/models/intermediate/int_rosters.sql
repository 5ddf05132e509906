{# Who belongs to a programme in a period: the members of its groups that exist on the period's last day, and the city
   that it is summed up for, where it is. #}
with

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

programmes as (

    select * from {{ ref('programmes') }}

),

reporters as (

    select * from {{ ref('reporters') }}

),

reporter_groups as (

    select * from {{ ref('reporter_groups') }}

),

members as (

    select * from {{ ref('reporter_group_members') }}

),

members_by_period as (

    select
        periods.programme_id,
        periods.period,
        members.reporter_id,
        max(case when reporter_groups.is_ranked then members.group_id end) as group_id,
        list(members.group_id order by members.group_id) as all_group_ids
    from periods
    inner join members
        on
            periods.programme_id = members.programme_id
            and coalesce(periods.last_date >= members.valid_from, true)
            and coalesce(periods.last_date <= members.valid_to, true)
    inner join reporters
        on
            members.reporter_id = reporters.reporter_id
            and coalesce(periods.last_date >= reporters.valid_from, true)
            and coalesce(periods.last_date <= reporters.valid_to, true)
    inner join reporter_groups
        on
            members.programme_id = reporter_groups.programme_id
            and members.group_id = reporter_groups.group_id
    group by periods.programme_id, periods.period, members.reporter_id

),

cities_by_period as (

    select
        periods.programme_id,
        periods.period,
        programmes.city_reporter_id as reporter_id,
        null::varchar as group_id,
        []::varchar[] as all_group_ids
    from periods
    inner join programmes
        on periods.programme_id = programmes.programme_id
    where programmes.city_reporter_id is not null

),

everyone as (

    select * from members_by_period
    union all
    select * from cities_by_period

),

described as (

    select
        everyone.programme_id,
        everyone.period,
        everyone.reporter_id,
        everyone.group_id,
        everyone.all_group_ids,
        reporters.reporter_kind
    from everyone
    inner join reporters
        on everyone.reporter_id = reporters.reporter_id

)

select * from described
