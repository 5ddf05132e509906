{{ config(materialized='incremental', on_schema_change='fail', pre_hook="{{ built_by_period() }}") }}

with

ranked as (

    select * from {{ ref('int_bases_ranked') }}

),

with_change as (

    select
        ranked.programme_id,
        ranked.scope,
        ranked.indicator_id,
        ranked.basis,
        ranked.period,
        ranked.cadence,
        ranked.reporter_id,
        ranked.ranked_value,
        ranked.rank,
        ranked.ranked_count,
        ranked.reporter_count::integer as reporter_count,
        previous_ranked.rank - ranked.rank as rank_change,
        ranked.margin_above::decimal(24, 12) as margin_above,
        ranked.margin_below::decimal(24, 12) as margin_below
    from ranked
    left join ranked as previous_ranked
        on
            ranked.programme_id = previous_ranked.programme_id
            and ranked.scope = previous_ranked.scope
            and ranked.indicator_id = previous_ranked.indicator_id
            and ranked.basis = previous_ranked.basis
            and ranked.reporter_id = previous_ranked.reporter_id
            and ranked.previous_period = previous_ranked.period

)

select * from with_change
where {{ is_built('period') }}
