with

ledger as (

    select * from {{ ref('target_ledger') }}
    where target_standing = 'lagging'

),

city as (

    select * from {{ ref('city_progress') }}

),

programmes as (

    select * from {{ ref('dim_programmes') }}

),

periods as (

    select * from {{ ref('dim_periods') }}

),

indicators as (

    select * from {{ ref('dim_indicators') }}

),

latest as (

    select
        programme_id,
        cadence,
        max(last_date) as last_date
    from periods
    where is_ended and cadence_label is not null
    group by programme_id, cadence

),

lagging as (

    select
        ledger.programme_id,
        programmes.programme_name,
        ledger.cadence,
        ledger.period,
        periods.period_label,
        ledger.target_id,
        city.document_number,
        ledger.clause,
        ledger.indicator_id,
        indicators.indicator_name,
        city.scope_name,
        city.comparator,
        city.target_value,
        city.value_high,
        city.unit,
        city.actual_value,
        city.completion_ratio,
        city.met_count,
        city.area_count,
        ledger.lead_units,
        ledger.responsible_units
    from ledger
    inner join periods
        on
            ledger.programme_id = periods.programme_id
            and ledger.cadence = periods.cadence
            and ledger.period = periods.period
    inner join latest
        on
            periods.programme_id = latest.programme_id
            and periods.cadence = latest.cadence
            and periods.last_date = latest.last_date
    inner join programmes
        on ledger.programme_id = programmes.programme_id
    inner join indicators
        on
            ledger.programme_id = indicators.programme_id
            and ledger.indicator_id = indicators.indicator_id
    inner join city
        on
            ledger.programme_id = city.programme_id
            and ledger.target_id = city.target_id
            and ledger.period = city.period

)

select * from lagging
