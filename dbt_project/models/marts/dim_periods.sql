{{ config(alias='periods') }}

with

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

programmes as (

    select * from {{ ref('programmes') }}

),

cadences as (

    select * from {{ ref('programme_cadences') }}

),

described as (

    select
        periods.programme_id,
        periods.cadence,
        cadences.label as cadence_label,
        periods.period,
        periods.period_label,
        {{ exact_ratio('month(periods.last_month)::decimal(24, 6)', '12::decimal(24, 6)') }} as time_progress_ratio,
        periods.is_ended,
        periods.first_month,
        periods.last_month,
        periods.last_date,
        periods.is_calendar_known
    from periods
    inner join programmes
        on periods.programme_id = programmes.programme_id
    left join cadences
        on
            periods.programme_id = cadences.programme_id
            and periods.cadence = cadences.cadence
            and programmes.reporter_kind = cadences.reporter_kind

)

select * from described
