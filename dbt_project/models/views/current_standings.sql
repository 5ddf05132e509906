with

rankings as (

    select * from {{ ref('ranking_history') }}

),

standing as (

    select * exclude (is_current) from rankings
    where is_current

)

select * from standing
