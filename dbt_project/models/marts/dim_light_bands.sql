{{ config(alias='light_bands') }}

with

light_bands as (

    select * from {{ ref('light_bands') }}

)

select * from light_bands
