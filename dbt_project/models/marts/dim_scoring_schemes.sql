{{ config(alias='scoring_schemes') }}

with

schemes as (

    select * from {{ ref('scoring_schemes') }}

)

select * from schemes
