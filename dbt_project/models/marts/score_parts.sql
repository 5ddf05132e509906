with

parts as (

    select * from {{ ref('int_score_parts') }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

rules as (

    select * from {{ ref('scoring_rules') }}

),

described as (

    select
        parts.programme_id,
        parts.reporter_id,
        parts.period,
        periods.cadence,
        parts.scheme_id,
        parts.source_period,
        coalesce(parts.indicator_id, parts.part_kind) as part_id,
        parts.part_kind,
        parts.indicator_id,
        parts.rule_id,
        rules.basis,
        parts.part_state,
        parts.full_weight,
        parts.weight,
        parts.month_value,
        parts.source_value,
        parts.same_period_value,
        parts.target_value,
        parts.comparator,
        parts.measured_value,
        parts.is_held_or_not,
        parts.compared_group_id,
        parts.place,
        parts.best_value,
        parts.worst_value,
        parts.mark_share,
        parts.bonus_share,
        parts.quarter_share,
        parts.counted_share,
        coalesce(parts.mark, 0)::decimal(18, 6) as mark,
        coalesce(parts.bonus, 0)::decimal(18, 6) as bonus,
        parts.penalty::decimal(18, 6) as penalty,
        (coalesce(parts.mark, 0) + coalesce(parts.bonus, 0) - parts.penalty)::decimal(18, 6) as points,
        parts.event_count
    from parts
    inner join periods
        on
            parts.programme_id = periods.programme_id
            and parts.period = periods.period
    left join rules
        on parts.rule_id = rules.rule_id

)

select * from described
