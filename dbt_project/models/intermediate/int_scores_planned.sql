{# Which indicators of which reporters are scored in which period, by which rule: the programme's scheme for the cadence
   that holds on the period's last day. #}
with

schemes as (

    select * from {{ ref('scoring_schemes') }}

),

weights as (

    select * from {{ ref('scoring_weights') }}

),

rules as (

    select * from {{ ref('scoring_rules') }}

),

programmes as (

    select * from {{ ref('programmes') }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

indicators as (

    select * from {{ ref('indicators') }}

),

progress as (

    select * from {{ ref('int_progress_measured') }}

),

planned as (

    select
        progress.programme_id,
        progress.period,
        progress.cadence,
        progress.reporter_id,
        progress.group_id,
        progress.indicator_id,
        schemes.scheme_id,
        schemes.total_weight,
        schemes.no_target_rule,
        weights.weight as full_weight,
        rules.rule_id,
        rules.rule_kind,
        rules.basis,
        rules.rank_scope,
        rules.highest_share,
        rules.lowest_share,
        rules.slope,
        rules.step,
        rules.step_rounding,
        rules.points_per_step,
        rules.bonus_per_step,
        rules.bonus_cap,
        rules.cut_off,
        rules.base_share,
        rules.equal_share,
        rules.target_at_most_zero,
        progress.value_state,
        progress.target_state,
        progress.comparator,
        progress.target_value,
        progress.cumulative_value,
        progress.month_value,
        progress.same_period_value,
        -- What was sent in that the mark is made of; of growth what can be compared with the year before.
        case rules.basis when 'growth' then progress.comparable_value else progress.cumulative_value end
            as source_value,
        case rules.basis
            when 'completion' then case when progress.target_state = 'set' then progress.completion_ratio end
            when 'growth' then progress.yoy_ratio
            when 'level' then progress.cumulative_value::decimal(24, 12)
        end as measured_value,
        case rules.basis when 'level' then indicators.decimals else indicators.ratio_decimals + 2 end
            as compared_decimals,
        -- A completion rate already says how well, whichever way the indicator runs.
        case when indicators.direction = 'lower' and rules.basis != 'completion' then -1 else 1 end as better_sign
    from schemes
    inner join programmes
        on schemes.programme_id = programmes.programme_id
    inner join periods
        on
            schemes.programme_id = periods.programme_id
            and list_contains(string_split(schemes.cadences, '|'), periods.cadence)
            and coalesce(schemes.valid_from <= periods.last_date, true)
            and coalesce(schemes.valid_to >= periods.last_date, true)
    inner join weights
        on schemes.scheme_id = weights.scheme_id
    inner join rules
        on weights.rule_id = rules.rule_id
    inner join indicators
        on weights.indicator_id = indicators.indicator_id
    inner join progress
        on
            periods.programme_id = progress.programme_id
            and periods.period = progress.period
            and weights.indicator_id = progress.indicator_id
            and programmes.reporter_kind = progress.reporter_kind

),

stated as (

    select
        *,
        basis = 'completion' and coalesce(target_value <= 0, false) as is_target_at_most_zero,
        case
            when basis = 'completion' and target_state != 'set' then target_state
            when value_state = 'not_due' then 'not_due'
            when cumulative_value is null then 'not_submitted'
            when basis = 'completion' and target_value <= 0 and target_at_most_zero = 'leave_out' then 'left_out'
            -- Growth from nothing, or from less than nothing, is no figure.
            when basis = 'growth' and measured_value is null then 'no_base'
            else 'scored'
        end as part_state
    from planned

)

select * from stated
