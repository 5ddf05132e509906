with

source as (

    select * from {{ source('raw', 'reported_items') }}

),

renamed as (

    select
        source.table_id,
        source.sheet,
        source.row_number,
        source.item_kind,
        -- What was landed before there was such a column is known by what was written.
        coalesce(source.item_key, source.item_code_text, source.item_text) as item_key,
        source.item_text as item_name,
        source.item_code_text as item_code,
        source.indicator_id,
        source.status_text as status,
        source.note_text as note,
        source.started_on,
        source.due_on,
        source.finished_on
    from source

)

select * from renamed
