with

progress as (

    select * from {{ ref('indicator_progress') }}
    where cadence = 'monthly_dispatch'

),

programmes as (

    select * from {{ ref('dim_programmes') }}

),

indicators as (

    select * from {{ ref('dim_indicators') }}

),

reporters as (

    select * from {{ ref('dim_reporters') }}

),

spread as (

    select
        progress.programme_id,
        programmes.programme_name,
        progress.reporter_id,
        reporters.reporter_name,
        progress.indicator_id,
        indicators.indicator_name,
        indicators.unit,
        left(progress.period, 4) as year,
        max(case when right(progress.period, 2) = '01' then progress.cumulative_value end) as month_01,
        max(case when right(progress.period, 2) = '02' then progress.cumulative_value end) as month_02,
        max(case when right(progress.period, 2) = '03' then progress.cumulative_value end) as month_03,
        max(case when right(progress.period, 2) = '04' then progress.cumulative_value end) as month_04,
        max(case when right(progress.period, 2) = '05' then progress.cumulative_value end) as month_05,
        max(case when right(progress.period, 2) = '06' then progress.cumulative_value end) as month_06,
        max(case when right(progress.period, 2) = '07' then progress.cumulative_value end) as month_07,
        max(case when right(progress.period, 2) = '08' then progress.cumulative_value end) as month_08,
        max(case when right(progress.period, 2) = '09' then progress.cumulative_value end) as month_09,
        max(case when right(progress.period, 2) = '10' then progress.cumulative_value end) as month_10,
        max(case when right(progress.period, 2) = '11' then progress.cumulative_value end) as month_11,
        max(case when right(progress.period, 2) = '12' then progress.cumulative_value end) as month_12
    from progress
    inner join programmes
        on progress.programme_id = programmes.programme_id
    inner join indicators
        on
            progress.programme_id = indicators.programme_id
            and progress.indicator_id = indicators.indicator_id
    inner join reporters
        on
            progress.programme_id = reporters.programme_id
            and progress.reporter_id = reporters.reporter_id
    group by all

)

select * from spread
