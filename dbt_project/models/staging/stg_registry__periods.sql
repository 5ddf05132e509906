with

source as (

    select * from {{ source('raw', 'periods') }}

),

dated as (

    select
        source.programme_id,
        source.cadence,
        source.period,
        source.period_label,
        source.previous_period,
        source.month_count,
        year(source.first_month) as year,
        source.last_date < {{ as_of_date() }} as is_ended,
        source.first_month,
        source.last_month,
        source.last_date,
        source.due_at,
        source.no_new_at,
        source.no_edits_at,
        source.is_calendar_known
    from source

)

select * from dated
