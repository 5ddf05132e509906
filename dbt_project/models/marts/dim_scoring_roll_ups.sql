{{ config(alias='scoring_roll_ups') }}

with

roll_ups as (

    select * from {{ ref('scoring_roll_ups') }}

),

schemes as (

    select * from {{ ref('scoring_schemes') }}

),

of_programmes as (

    select
        schemes.programme_id,
        roll_ups.*
    from roll_ups
    inner join schemes
        on roll_ups.scheme_id = schemes.scheme_id

)

select * from of_programmes
