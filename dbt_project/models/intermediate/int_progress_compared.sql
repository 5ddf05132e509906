{# Values meet targets: the kinds of nothing are named, ratios are exact, the gap to time progress is unrounded. #}
{{ config(materialized='view') }}

with

progress_values as (

    select * from {{ ref('int_values_cadenced') }}
    where {{ is_built('period') }}

),

targets as (

    select * from {{ ref('int_targets_by_reporter') }}
    where {{ is_built('period') }}

),

pace_rules as (

    select * from {{ ref('pace_rules') }}

),

lineages as (

    select * from {{ ref('int_reporter_lineages') }}

),

successors as (

    select distinct reporter_id
    from lineages
    where reporter_id != part_id

),

-- The first periods of a year are compared with the last of the year before.
values_compared as (

    select * from {{ ref('int_values_cadenced') }}
    where {{ is_built_or_previous('period') }}

),

-- Most reporters never took another over: their past is their own.
past_values as (

    select
        values_compared.programme_id,
        values_compared.reporter_id,
        '-infinity'::date as held_from,
        'infinity'::date as held_until,
        values_compared.indicator_id,
        values_compared.period,
        values_compared.compared_value
    from values_compared
    where values_compared.reporter_id not in (select successors.reporter_id from successors)
    union all
    select
        values_compared.programme_id,
        lineages.reporter_id,
        lineages.held_from,
        lineages.held_until,
        values_compared.indicator_id,
        values_compared.period,
        {{ bridged_sum('values_compared.compared_value', 'values_compared.kind') }}::decimal(24, 6) as compared_value
    from lineages
    inner join successors
        on lineages.reporter_id = successors.reporter_id
    inner join values_compared
        on
            lineages.part_id = values_compared.reporter_id
            and lineages.effective_on > values_compared.last_date
    group by
        values_compared.programme_id,
        lineages.reporter_id,
        lineages.held_from,
        lineages.held_until,
        values_compared.indicator_id,
        values_compared.period

),

with_previous as (

    select
        progress_values.*,
        past_values.compared_value as previous_value
    from progress_values
    left join past_values
        on
            progress_values.programme_id = past_values.programme_id
            and progress_values.reporter_id = past_values.reporter_id
            and progress_values.indicator_id = past_values.indicator_id
            and progress_values.previous_period = past_values.period
            and progress_values.last_date >= past_values.held_from
            and progress_values.last_date < past_values.held_until

),

-- The pace is that of a year, so that a target of a later year has none before its own; a target of a half or a quarter
-- is to be whole at its own end.
paces as (

    select
        pace_rules.pace_rule,
        pace_rules.month,
        due_pace_rules.month as due_month_of_year,
        {{ exact_ratio(
            '(pace_rules.share_numerator * due_pace_rules.share_denominator)::decimal(24, 6)',
            '(pace_rules.share_denominator * due_pace_rules.share_numerator)::decimal(24, 6)'
        ) }} as time_progress_ratio
    from pace_rules
    inner join pace_rules as due_pace_rules
        on pace_rules.pace_rule = due_pace_rules.pace_rule

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
        paces.time_progress_ratio,
        {{ completion_of('with_previous.cumulative_value', 'targets.target_value', 'targets.comparator') }}
            as reached_ratio,
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
    left join paces
        on
            with_previous.pace_rule = paces.pace_rule
            and month(with_previous.last_month) = paces.month
            and month(targets.due_month) = paces.due_month_of_year
            and year(with_previous.last_month) = year(targets.due_month)

)

select
    * exclude (reached_ratio),
    case when coalesce(completion_rule, '') != 'met' then reached_ratio end as completion_ratio,
    case when coalesce(completion_rule, '') != 'met' then reached_ratio - time_progress_ratio end as progress_gap
from joined
