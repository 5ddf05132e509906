{{ config(alias='grade_bands') }}

with

bands as (

    select * from {{ ref('grade_bands') }}

),

schemes as (

    select * from {{ ref('scoring_schemes') }}

),

of_programmes as (

    select
        schemes.programme_id,
        bands.*
    from bands
    inner join schemes
        on bands.scheme_id = schemes.scheme_id

)

select * from of_programmes
