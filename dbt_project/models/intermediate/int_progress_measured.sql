{# Values meet targets: the kinds of nothing are named, ratios are exact, the gap to time progress is unrounded. #}
with

progress_values as (

    select * from {{ ref('int_values_cadenced') }}

),

targets as (

    select * from {{ ref('int_targets_by_reporter') }}

),

with_compared as (

    select
        *,
        -- The city's sum over fewer reporters than before would look like a fall.
        case when kind = 'increment' then comparable_flow else comparable_value end as compared_value
    from progress_values

),

pace_rules as (

    select * from {{ ref('pace_rules') }}

),

lineages as (

    select * from {{ ref('int_reporter_lineages') }}

),

past_values as (

    select
        with_compared.programme_id,
        lineages.reporter_id,
        lineages.held_from,
        lineages.held_until,
        with_compared.indicator_id,
        with_compared.period,
        {{ bridged_sum('with_compared.compared_value', 'with_compared.kind') }}::decimal(24, 6) as compared_value
    from lineages
    inner join with_compared
        on
            lineages.part_id = with_compared.reporter_id
            and lineages.effective_on > with_compared.last_date
    group by
        with_compared.programme_id,
        lineages.reporter_id,
        lineages.held_from,
        lineages.held_until,
        with_compared.indicator_id,
        with_compared.period

),

with_previous as (

    select
        progress_values.*,
        previous_values.compared_value as previous_value
    from with_compared as progress_values
    left join past_values as previous_values
        on
            progress_values.programme_id = previous_values.programme_id
            and progress_values.reporter_id = previous_values.reporter_id
            and progress_values.indicator_id = previous_values.indicator_id
            and progress_values.previous_period = previous_values.period
            and progress_values.last_date >= previous_values.held_from
            and progress_values.last_date < previous_values.held_until

),

joined as (

    select
        with_previous.*,
        targets.target_id,
        targets.comparator,
        targets.target_value,
        targets.due_month,
        coalesce(targets.is_illustrative, false) as is_illustrative,
        case
            when targets.target_id is null then 'no_target'
            when targets.is_text then 'text'
            when targets.is_base_missing then 'base_missing'
            when not targets.is_scored then 'not_scored'
            else 'set'
        end as target_state,
        case
            when coalesce(with_previous.cumulative_value, with_previous.month_value) = 0 then 'zero'
            when with_previous.reported_count > 0 then 'reported'
            when not with_previous.is_ended then 'not_due'
            when
                with_previous.frequency = 'year' and month(with_previous.last_month) < 12
                or with_previous.frequency = 'quarter' and month(with_previous.last_month) % 3 > 0
                then 'not_due'
            else 'not_submitted'
        end as value_state,
        -- The pace is that of a year, so that a target of a later year has none before its own; a target of a half or a
        -- quarter is to be whole at its own end.
        case
            when year(with_previous.last_month) = year(targets.due_month)
                then {{ exact_ratio(
                    '(pace_rules.share_numerator * due_pace_rules.share_denominator)::decimal(24, 6)',
                    '(pace_rules.share_denominator * due_pace_rules.share_numerator)::decimal(24, 6)'
                ) }}
        end as time_progress_ratio,
        case
            when coalesce(with_previous.completion_rule, '') != 'met'
                then {{ completion_of('with_previous.cumulative_value', 'targets.target_value', 'targets.comparator') }}
        end as completion_ratio,
        {{ exact_ratio('with_previous.compared_value - with_previous.previous_value', 'with_previous.previous_value') }}
            as mom_ratio,
        {{ exact_ratio(
            'with_previous.comparable_value - with_previous.same_period_value', 'with_previous.same_period_value'
        ) }} as yoy_ratio,
        (with_previous.growth_pct * 0.01)::decimal(24, 12) as yoy_reported_ratio
    from with_previous
    left join targets
        on
            with_previous.programme_id = targets.programme_id
            and with_previous.reporter_id = targets.reporter_id
            and with_previous.indicator_id = targets.indicator_id
            and with_previous.period = targets.period
    left join pace_rules
        on
            with_previous.pace_rule = pace_rules.pace_rule
            and month(with_previous.last_month) = pace_rules.month
    left join pace_rules as due_pace_rules
        on
            with_previous.pace_rule = due_pace_rules.pace_rule
            and month(targets.due_month) = due_pace_rules.month

)

select
    *,
    completion_ratio - time_progress_ratio as progress_gap
from joined
