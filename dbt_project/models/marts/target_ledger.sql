with

targets_judged as (

    select * from {{ ref('int_targets_judged') }}

),

named as (

    select
        programme_id,
        target_id,
        period,
        cadence,
        document_id,
        clause,
        indicator_id,
        lead_units,
        responsible_units,
        target_standing
    from targets_judged

)

select * from named
