{# What each reporter owes in a period: the city its document's figure, a district its own part of it, or the obligation
   that the document lays on each member of a group. A multiple (翻一番) is owed of the reporter's own base, and stays
   unknown where that isn't registered. A goal in words (与经济增长同步) is the city's or each member's, without value. #}
{{ config(materialized='view') }}

with

targets as (

    select * from {{ ref('int_targets_by_period') }}
    where is_measured

),

rosters as (

    select * from {{ ref('int_rosters') }}

),

splits as (

    select * from {{ ref('target_splits') }}
    where coalesce(valid_from <= {{ as_of_date() }}, true)

),

bases as (

    select * from {{ ref('target_bases') }}

),

members as (

    select
        programme_id,
        period,
        reporter_id,
        unnest(all_group_ids) as group_id
    from rosters

),

owed_by_city as (

    select
        targets.*,
        rosters.reporter_id,
        false as is_illustrative,
        targets.value_low as own_value
    from targets
    inner join rosters
        on
            targets.programme_id = rosters.programme_id
            and targets.measured_period = rosters.period
    where
        targets.scope = 'city'
        and rosters.reporter_kind = 'city'

),

owed_in_parts as (

    select
        targets.*,
        rosters.reporter_id,
        coalesce(splits.is_illustrative, false) as is_illustrative,
        splits.value as own_value
    from targets
    inner join splits
        on
            -- A target that restates another shares its parts.
            coalesce(targets.restates_target_id, targets.target_id) = splits.target_id
            and coalesce(targets.last_date >= splits.valid_from, true)
            and coalesce(targets.last_date <= splits.valid_to, true)
    inner join rosters
        on
            targets.programme_id = rosters.programme_id
            and targets.measured_period = rosters.period
            and splits.reporter_id = rosters.reporter_id
    where
        targets.scope = 'city'
        and rosters.reporter_kind != 'city'
        and splits.value is not null

),

owed_by_each as (

    select
        targets.*,
        members.reporter_id,
        false as is_illustrative,
        targets.value_low as own_value
    from targets
    inner join members
        on
            targets.programme_id = members.programme_id
            and targets.measured_period = members.period
            and targets.scope = 'each:' || members.group_id

),

owed_by_reporter as (

    select * from owed_by_city
    union all
    select * from owed_in_parts
    union all
    select * from owed_by_each

),

owed as (

    select
        owed_by_reporter.programme_id,
        owed_by_reporter.reporter_id,
        owed_by_reporter.indicator_id,
        owed_by_reporter.measured_period as period,
        owed_by_reporter.target_id,
        owed_by_reporter.comparator,
        owed_by_reporter.is_scored,
        owed_by_reporter.due_month,
        coalesce(owed_by_reporter.comparator, '') = '' as is_text,
        owed_by_reporter.is_multiple_of_base and bases.base_value is null as is_base_missing,
        owed_by_reporter.is_illustrative,
        owed_by_reporter.own_value,
        bases.base_value
    from owed_by_reporter
    left join bases
        on
            owed_by_reporter.target_id = bases.target_id
            and owed_by_reporter.reporter_id = bases.reporter_id

),

valued as (

    select
        * exclude (own_value, base_value),
        case
            when is_base_missing then null
            else (own_value * coalesce(base_value, 1))::decimal(24, 6)
        end as target_value
    from owed

)

select * from valued
