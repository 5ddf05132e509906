with

source as (

    select * from {{ source('raw', 'reported_values') }}

),

renamed as (

    select
        source.table_id,
        source.sheet,
        source.row_number,
        source.indicator_id,
        source.month_value,
        source.cumulative_value,
        source.same_period_value,
        source.growth_pct,
        source.note
    from source

)

select * from renamed
