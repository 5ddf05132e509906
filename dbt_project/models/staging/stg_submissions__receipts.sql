with

source as (

    select * from {{ source('raw', 'receipts') }}

),

visible as (

    select
        source.receipt_id,
        source.sha256,
        source.file_name,
        source.source,
        source.folder_reporter_id,
        source.received_at,
        source.modified_at
    from source
    where source.received_at <= {{ as_of_at() }}

)

select * from visible
