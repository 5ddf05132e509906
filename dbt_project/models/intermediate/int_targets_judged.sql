{# How a document's target stands in a period: finished, on_pace, lagging, no_pace, not_scored, unreported or not_due.
   What counts up to a floor is finished once it is there; everything else is met for good only at the target's own
   date, and on pace while it holds before. Nothing without a pace lags before its date. The second of two tiers is left
   out: missing more than was asked for is no lag. A target that repeats another goes by the other's pace, and goal_id
   is what both count as once. #}
with

targets as (

    select * from {{ ref('int_targets_by_period') }}
    where stretches_target_id is null

),

city_progress as (

    select * from {{ ref('city_progress') }}

),

progress as (

    select * from {{ ref('int_progress_measured') }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

paces as (

    select
        programme_id,
        target_id,
        period,
        min(progress_gap) filter (where reporter_kind = 'city') as city_gap,
        -- Where each of a group owes it, the one that is furthest behind decides.
        min(progress_gap) filter (where reporter_kind != 'city') as area_gap
    from progress
    where target_id is not null
    group by programme_id, target_id, period

),

with_pace as (

    select
        targets.programme_id,
        targets.document_id,
        targets.clause,
        targets.target_id,
        targets.indicator_id,
        if(targets.is_measured, targets.target_id, targets.restates_target_id) as goal_id,
        targets.is_measured,
        targets.lead_units,
        targets.responsible_units,
        targets.measured_period as period,
        targets.cadence,
        targets.kind in ('increment', 'cumulative', 'milestone') and targets.comparator != '<=' as is_counted_up,
        periods.last_month = targets.due_month as is_at_date,
        city_progress.is_met,
        city_progress.value_state,
        city_progress.target_state,
        if(
            targets.scope = 'city',
            coalesce(own_paces.city_gap, repeated_paces.city_gap),
            coalesce(own_paces.area_gap, repeated_paces.area_gap)
        ) as progress_gap
    from targets
    inner join periods
        on
            targets.programme_id = periods.programme_id
            and targets.measured_period = periods.period
    inner join city_progress
        on
            targets.programme_id = city_progress.programme_id
            and targets.target_id = city_progress.target_id
            and targets.measured_period = city_progress.period
    left join paces as own_paces
        on
            targets.programme_id = own_paces.programme_id
            and targets.target_id = own_paces.target_id
            and targets.measured_period = own_paces.period
    left join paces as repeated_paces
        on
            targets.programme_id = repeated_paces.programme_id
            and targets.restates_target_id = repeated_paces.target_id
            and targets.measured_period = repeated_paces.period

),

judged as (

    select
        programme_id,
        document_id,
        clause,
        target_id,
        indicator_id,
        goal_id,
        is_measured,
        lead_units,
        responsible_units,
        period,
        cadence,
        case
            when value_state = 'not_due' then 'not_due'
            when value_state = 'not_submitted' then 'unreported'
            when is_met and (is_at_date or is_counted_up) then 'finished'
            when target_state = 'not_scored' then 'not_scored'
            when is_at_date and not is_met then 'lagging'
            when is_met or progress_gap >= 0 then 'on_pace'
            when progress_gap < 0 then 'lagging'
            else 'no_pace'
        end as target_standing
    from with_pace

)

select * from judged
