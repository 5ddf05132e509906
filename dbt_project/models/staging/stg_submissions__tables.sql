with

source as (

    select * from {{ source('raw', 'tables') }}

),

renamed as (

    select
        source.table_id,
        source.receipt_id,
        source.programme_id,
        source.reporter_id,
        source.period,
        source.is_sample
    from source

)

select * from renamed
