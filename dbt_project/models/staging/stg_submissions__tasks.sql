with

source as (

    select * from {{ source('raw', 'reported_tasks') }}

),

renamed as (

    select
        source.table_id,
        source.sheet,
        source.row_number,
        source.task_id,
        source.status_text as status,
        source.progress_text as progress,
        source.problem_text as problem,
        source.next_step_text as next_step
    from source

)

select * from renamed
