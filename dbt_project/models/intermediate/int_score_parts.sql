{# What a score is the sum of: the marks of each indicator, those of the quarters where the year is made of them, points
   for failings in the reporting, and what a veto takes. The weight of what a reporter has no target for goes to its other
   indicators where the scheme says so. Marks have six decimals, and nothing is rounded after they are added. #}
with

marks as (

    select * from {{ ref('int_marks_given') }}

),

failures as (

    select * from {{ ref('int_reporting_failures') }}

),

schemes as (

    select * from {{ ref('scoring_schemes') }}

),

penalties as (

    select * from {{ ref('scoring_penalties') }}

),

roll_ups as (

    select * from {{ ref('scoring_roll_ups') }}

),

vetoes as (

    select * from {{ ref('vetoes') }}
    where decided_on <= {{ as_of_date() }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

rosters as (

    select * from {{ ref('int_rosters') }}

),

with_applied as (

    select
        *,
        part_state in ('scored', 'not_submitted') as is_applied,
        sum(case when part_state in ('scored', 'not_submitted') then full_weight end) over (
            partition by programme_id, reporter_id, period
        ) as applied_weight
    from marks

),

weighted as (

    select
        *,
        case
            when not is_applied then null
            when no_target_rule = 'rescale'
                then {{ ratio_of_ratios(
                    '(full_weight * total_weight)::decimal(24, 12)', 'applied_weight::decimal(24, 12)'
                ) }}
            else full_weight
        end::decimal(18, 6) as weight
    from with_applied
    where applied_weight > 0

),

indicator_parts as (

    select
        programme_id,
        period,
        reporter_id,
        scheme_id,
        period as source_period,
        'indicator' as part_kind,
        indicator_id,
        rule_id,
        part_state,
        full_weight,
        weight,
        month_value,
        source_value,
        same_period_value,
        target_value,
        comparator,
        measured_value,
        is_held_or_not,
        compared_group_id,
        case when rule_kind = 'place' then place end as place,
        case when rule_kind = 'efficacy' and is_compared then better_sign * best end::decimal(24, 12) as best_value,
        case when rule_kind = 'efficacy' and is_compared then better_sign * worst end::decimal(24, 12) as worst_value,
        mark_share,
        bonus_share,
        (weight * mark_share::decimal(14, 12))::decimal(18, 6) as mark,
        (weight * bonus_share::decimal(18, 12))::decimal(18, 6) as bonus
    from weighted

),

quarters_of_year as (

    select
        years.programme_id,
        years.period as year_period,
        years.cadence,
        quarters.period as quarter_period,
        schemes.scheme_id,
        schemes.no_target_rule,
        roll_ups.share
    from roll_ups
    inner join schemes
        on roll_ups.scheme_id = schemes.scheme_id
    inner join periods as years
        on
            schemes.programme_id = years.programme_id
            and years.cadence = 'annual_assessment'
    inner join periods as quarters
        on
            years.programme_id = quarters.programme_id
            and years.year = quarters.year
            and quarters.cadence = 'quarterly_summary'
            and quarter(quarters.last_month) = roll_ups.quarter

),

-- Of those who are in the programme at the year's end, the quarters in which anything was scored.
quarters_scored as (

    select distinct
        quarters_of_year.year_period,
        quarters_of_year.quarter_period,
        quarters_of_year.scheme_id,
        quarters_of_year.no_target_rule,
        quarters_of_year.share,
        indicator_parts.reporter_id
    from quarters_of_year
    inner join indicator_parts
        on
            quarters_of_year.scheme_id = indicator_parts.scheme_id
            and quarters_of_year.quarter_period = indicator_parts.period
    inner join rosters
        on
            quarters_of_year.programme_id = rosters.programme_id
            and quarters_of_year.year_period = rosters.period
            and indicator_parts.reporter_id = rosters.reporter_id

),

-- The share of a quarter in which nothing was goes to the others, as the weights do: a district that came in mid-year
-- is not last for the months before it.
quarters_counted as (

    select
        *,
        case no_target_rule
            when 'rescale'
                then {{ ratio_of_ratios(
                    'share::decimal(24, 12)',
                    '(sum(share) over (partition by scheme_id, year_period, reporter_id))::decimal(24, 12)'
                ) }}
            else share
        end::decimal(14, 12) as counted_share
    from quarters_scored

),

-- A year that is made of its quarters has their marks instead of its own.
result_parts as (

    select
        indicator_parts.*,
        null::decimal(9, 6) as quarter_share,
        null::decimal(14, 12) as counted_share
    from indicator_parts
    left join quarters_of_year
        on
            indicator_parts.scheme_id = quarters_of_year.scheme_id
            and indicator_parts.period = quarters_of_year.year_period
    where quarters_of_year.scheme_id is null
    union all
    select
        indicator_parts.programme_id,
        quarters_counted.year_period as period,
        indicator_parts.reporter_id,
        indicator_parts.scheme_id,
        indicator_parts.source_period,
        indicator_parts.part_kind,
        indicator_parts.indicator_id,
        indicator_parts.rule_id,
        indicator_parts.part_state,
        (indicator_parts.full_weight * quarters_counted.share)::decimal(9, 4) as full_weight,
        (indicator_parts.weight * quarters_counted.counted_share)::decimal(18, 6) as weight,
        indicator_parts.month_value,
        indicator_parts.source_value,
        indicator_parts.same_period_value,
        indicator_parts.target_value,
        indicator_parts.comparator,
        indicator_parts.measured_value,
        indicator_parts.is_held_or_not,
        indicator_parts.compared_group_id,
        indicator_parts.place,
        indicator_parts.best_value,
        indicator_parts.worst_value,
        indicator_parts.mark_share,
        indicator_parts.bonus_share,
        (indicator_parts.mark * quarters_counted.counted_share)::decimal(18, 6) as mark,
        (indicator_parts.bonus * quarters_counted.counted_share)::decimal(18, 6) as bonus,
        quarters_counted.share as quarter_share,
        quarters_counted.counted_share
    from indicator_parts
    inner join quarters_counted
        on
            indicator_parts.scheme_id = quarters_counted.scheme_id
            and indicator_parts.source_period = quarters_counted.quarter_period
            and indicator_parts.reporter_id = quarters_counted.reporter_id

),

scored as (

    select distinct
        programme_id,
        period,
        reporter_id,
        scheme_id
    from result_parts

),

penalty_parts as (

    select
        scored.programme_id,
        scored.period,
        scored.reporter_id,
        scored.scheme_id,
        scored.period as source_period,
        failures.event as part_kind,
        failures.event_count,
        least(penalties.points * failures.event_count, penalties.most_points)::decimal(18, 6) as penalty
    from scored
    inner join penalties
        on scored.scheme_id = penalties.scheme_id
    inner join failures
        on
            scored.programme_id = failures.programme_id
            and scored.period = failures.period
            and scored.reporter_id = failures.reporter_id
            and penalties.event = failures.event
    where failures.event_count > 0

),

earned_parts as (

    select
        *,
        null::integer as event_count,
        0::decimal(18, 6) as penalty
    from result_parts
    union all by name
    select
        *,
        'applied' as part_state
    from penalty_parts

),

vetoed as (

    select
        earned_parts.programme_id,
        earned_parts.period,
        earned_parts.reporter_id,
        earned_parts.scheme_id,
        earned_parts.period as source_period,
        'veto' as part_kind,
        'applied' as part_state,
        sum(coalesce(earned_parts.mark, 0) + coalesce(earned_parts.bonus, 0) - earned_parts.penalty)
        - any_value(vetoes.max_score) as penalty
    from earned_parts
    inner join vetoes
        on
            earned_parts.programme_id = vetoes.programme_id
            and earned_parts.period = vetoes.period
            and earned_parts.reporter_id = vetoes.reporter_id
    group by
        earned_parts.programme_id,
        earned_parts.period,
        earned_parts.reporter_id,
        earned_parts.scheme_id

),

parts as (

    select * from earned_parts
    union all by name
    select * from vetoed
    where penalty > 0

)

select * from parts
