with

tracked as (

    select * from {{ ref('int_items_tracked') }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}
    where first_month <= {{ as_of_date() }}

),

rosters as (

    select * from {{ ref('int_rosters') }}

),

successions as (

    select * from {{ ref('reporter_successions') }}

),

listed as (

    select
        programme_id,
        reporter_id,
        item_kind,
        item_key,
        min(visible_from) as first_month
    from tracked
    group by programme_id, reporter_id, item_kind, item_key

),

spined as (

    select
        listed.programme_id,
        listed.reporter_id,
        listed.item_kind,
        listed.item_key,
        periods.period,
        periods.cadence,
        periods.first_month,
        periods.last_month,
        periods.last_date
    from listed
    inner join rosters
        on
            listed.programme_id = rosters.programme_id
            and listed.reporter_id = rosters.reporter_id
    inner join periods
        on
            rosters.programme_id = periods.programme_id
            and rosters.period = periods.period
            and listed.first_month <= periods.last_month
    left join successions
        on
            listed.reporter_id = successions.predecessor_id
            and periods.last_date >= successions.effective_on
    where successions.predecessor_id is null

),

described as (

    select
        spined.programme_id,
        spined.reporter_id,
        spined.item_kind,
        spined.item_key,
        spined.period,
        spined.cadence,
        tracked.item_name,
        tracked.item_code,
        tracked.indicator_id,
        tracked.status,
        tracked.counts_as,
        tracked.status_position,
        tracked.is_final,
        strftime(tracked.since_month, '%Y-%m') as status_since,
        strftime(tracked.status_month, '%Y-%m') as reported_in,
        tracked.month_date >= spined.first_month as is_listed_in_period,
        date_diff('day', last_day(tracked.since_month), spined.last_date)::integer as days_without_movement,
        tracked.note,
        tracked.started_on,
        tracked.due_on,
        tracked.finished_on,
        tracked.is_sample
    from spined
    asof inner join tracked
        on
            spined.programme_id = tracked.programme_id
            and spined.reporter_id = tracked.reporter_id
            and spined.item_kind = tracked.item_kind
            and spined.item_key = tracked.item_key
            and spined.last_month >= tracked.visible_from

)

select * from described
