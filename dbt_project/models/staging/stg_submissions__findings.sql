with

source as (

    select * from {{ source('raw', 'findings') }}

)

select * from source
