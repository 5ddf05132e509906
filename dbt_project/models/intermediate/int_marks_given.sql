{# The share of an indicator's weight that a result earns, by the scheme's rule. Where the formulas come from:
   proportional and steps from state-asset assessments, place marks from 争先进位, efficacy is 功效系数法, linear goes
   through the whole weight at the target. Who sent nothing earns nothing; who has no target is not scored at all. #}
with

planned as (

    select * from {{ ref('int_scores_planned') }}

),

held as (

    select
        *,
        -- Also where the indicator declares no completion rate: a missing ratio is neither nothing nor everything.
        coalesce(is_target_at_most_zero and target_at_most_zero = 'met', false)
        or basis = 'completion' and measured_value is null as is_held_or_not
    from planned

),

compared as (

    select
        *,
        -- What is only held or not takes nobody's place.
        part_state = 'scored' and not is_held_or_not as is_compared,
        case when is_compared then better_sign * measured_value end as goodness,
        case when is_compared then better_sign * {{ rounded_at('measured_value', 'compared_decimals') }} end
            as rounded_goodness,
        case when rank_scope = 'group' then group_id end as compared_group_id
    from held

),

placed as (

    select
        *,
        case
            when goodness is not null
                then rank() over (
                    partition by programme_id, period, indicator_id, compared_group_id
                    order by rounded_goodness desc nulls last
                )
        end as place,
        max(goodness) over (partition by programme_id, period, indicator_id, compared_group_id) as best,
        min(goodness) over (partition by programme_id, period, indicator_id, compared_group_id) as worst
    from compared

),

stepped as (

    select
        *,
        {{ is_met_by('cumulative_value', 'target_value', 'comparator') }} as is_met,
        {{ ratio_of_ratios('greatest(1 - measured_value, 0)::decimal(24, 12)', 'step::decimal(24, 12)') }}
            as steps_below,
        {{ ratio_of_ratios('greatest(measured_value - 1, 0)::decimal(24, 12)', 'step::decimal(24, 12)') }}
            as steps_above,
        {{ ratio_of_ratios('(goodness - worst)::decimal(24, 12)', '(best - worst)::decimal(24, 12)') }} as place_between
    from placed

),

counted as (

    select
        *,
        case step_rounding
            when 'whole' then floor(steps_below)
            when 'begun' then ceil(steps_below)
            else steps_below
        end::decimal(24, 12) as counted_below,
        case step_rounding
            when 'linear' then steps_above
            else floor(steps_above)
        end::decimal(24, 12) as counted_above
    from stepped

),

earned as (

    select
        *,
        case
            when part_state = 'not_submitted' then 0
            when part_state != 'scored' then null
            when is_held_or_not then case when is_met then 1 else 0 end
            when rule_kind = 'all_or_nothing' then case when is_met then 1 else 0 end
            when rule_kind = 'proportional' then greatest(lowest_share, least(highest_share, measured_value))
            when rule_kind = 'linear'
                then greatest(lowest_share, least(highest_share, 1 + slope * (measured_value - 1)))
            when rule_kind = 'place' then greatest(lowest_share, 1 - step * (place - 1))
            when rule_kind = 'efficacy' and best = worst then equal_share
            when rule_kind = 'efficacy' then base_share + (1 - base_share) * place_between
            when measured_value <= cut_off then 0
            when rule_kind = 'steps'
                -- More steps than can be counted cost everything.
                then greatest(
                    lowest_share,
                    1 - {{ ratio_of_ratios(
                        'least(counted_below * points_per_step, 999999999)::decimal(24, 12)',
                        'full_weight::decimal(24, 12)'
                    ) }}
                )
        end::decimal(24, 12) as earned_share,
        case
            when rule_kind = 'steps' and part_state = 'scored' and not is_held_or_not
                then coalesce(
                    {{ ratio_of_ratios(
                        'least(bonus_cap, counted_above * bonus_per_step)::decimal(24, 12)',
                        'full_weight::decimal(24, 12)'
                    ) }},
                    0
                )
        end::decimal(24, 12) as bonus_share
    from counted

)

select
    * exclude (earned_share, bonus_share),
    -- What is not scored has no share: the least and the greatest of nothing and a number would be the number.
    case when earned_share is not null then least(earned_share, 1) end::decimal(24, 12) as mark_share,
    case
        when earned_share is not null then coalesce(bonus_share, greatest(earned_share - 1, 0))
    end::decimal(24, 12) as bonus_share
from earned
