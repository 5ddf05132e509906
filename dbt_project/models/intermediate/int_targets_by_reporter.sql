{# What each reporter owes in a period: the city its document's figure, a district its own part of it, or the obligation
   that the document lays on each member of a group. #}
with

targets as (

    select * from {{ ref('int_targets_by_period') }}

),

rosters as (

    select * from {{ ref('int_rosters') }}

),

splits as (

    select * from {{ ref('target_splits') }}
    where coalesce(valid_from <= {{ as_of_date() }}, true)

),

owed_by_city as (

    select
        targets.programme_id,
        rosters.reporter_id,
        targets.indicator_id,
        targets.measured_period as period,
        targets.target_id,
        targets.comparator,
        targets.is_scored,
        targets.value_low as target_value,
        false as is_illustrative
    from targets
    inner join rosters
        on
            targets.programme_id = rosters.programme_id
            and targets.measured_period = rosters.period
            and rosters.reporter_kind = 'city'
    where targets.scope = 'city'

),

owed_by_part as (

    select
        targets.programme_id,
        rosters.reporter_id,
        targets.indicator_id,
        targets.measured_period as period,
        targets.target_id,
        targets.comparator,
        targets.is_scored,
        splits.value as target_value,
        splits.is_illustrative
    from targets
    inner join rosters
        on
            targets.programme_id = rosters.programme_id
            and targets.measured_period = rosters.period
    inner join splits
        on
            -- A target that restates another shares its parts.
            coalesce(targets.restates_target_id, targets.target_id) = splits.target_id
            and rosters.reporter_id = splits.reporter_id
            and coalesce(targets.last_date >= splits.valid_from, true)
            and coalesce(targets.last_date <= splits.valid_to, true)
    where targets.scope = 'city'

),

owed_by_each as (

    select
        targets.programme_id,
        rosters.reporter_id,
        targets.indicator_id,
        targets.measured_period as period,
        targets.target_id,
        targets.comparator,
        targets.is_scored,
        targets.value_low as target_value,
        false as is_illustrative
    from targets
    inner join rosters
        on
            targets.programme_id = rosters.programme_id
            and targets.measured_period = rosters.period
            and list_contains(rosters.all_group_ids, split_part(targets.scope, ':', 2))
    where starts_with(targets.scope, 'each:')

),

owed as (

    select * from owed_by_city
    union all
    select * from owed_by_part
    union all
    select * from owed_by_each

)

select * from owed
