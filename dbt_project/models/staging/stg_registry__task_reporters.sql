with

source as (

    select * from {{ source('raw', 'task_reporters') }}

),

renamed as (

    select
        source.programme_id,
        source.task_id,
        source.reporter_id,
        source.first_month,
        source.last_month
    from source

)

select * from renamed
