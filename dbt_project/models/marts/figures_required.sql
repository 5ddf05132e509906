{# What a notice must have a row for, whatever was submitted: counted from who belongs and who supplies what, beside the
   chain that makes the rows, so that one lost on the way is missed. A view: it is asked about one notice at a time. #}
{{ config(materialized='view') }}

with

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

indicators as (

    select * from {{ ref('indicators') }}

),

programme_indicators as (

    select * from {{ ref('programme_indicators') }}

),

rosters as (

    select * from {{ ref('int_rosters') }}

),

home_rosters as (

    select * from {{ ref('int_rosters') }}

),

-- An indicator that another programme collects is asked of those that this other one names, in the last month's tables.
required as (

    select
        periods.programme_id,
        rosters.reporter_id,
        programme_indicators.indicator_id,
        periods.period
    from periods
    inner join rosters
        on
            periods.programme_id = rosters.programme_id
            and periods.period = rosters.period
    inner join programme_indicators
        on periods.programme_id = programme_indicators.programme_id
    inner join indicators
        on programme_indicators.indicator_id = indicators.indicator_id
    left join home_rosters
        on
            indicators.home_programme_id = home_rosters.programme_id
            and rosters.reporter_id = home_rosters.reporter_id
            and strftime(periods.last_month, '%Y-%m') = home_rosters.period
    where
        rosters.reporter_kind = 'city'
        or (home_rosters.reporter_id is not null and {{ is_supplier('indicators', 'home_rosters') }})

)

select * from required
