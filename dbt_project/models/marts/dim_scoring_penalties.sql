{{ config(alias='scoring_penalties') }}

with

penalties as (

    select * from {{ ref('scoring_penalties') }}

),

schemes as (

    select * from {{ ref('scoring_schemes') }}

),

of_programmes as (

    select
        schemes.programme_id,
        penalties.*
    from penalties
    inner join schemes
        on penalties.scheme_id = schemes.scheme_id

)

select * from of_programmes
