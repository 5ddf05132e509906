{{ config(alias='vetoes') }}

with

vetoes as (

    select * from {{ ref('vetoes') }}
    where decided_on <= {{ as_of_date() }}

)

select * from vetoes
