{# What each reporter owes in a period: the city its document's figure, a district its own part of it, or the obligation
   that the document lays on each member of a group. A multiple (翻一番) is owed of the reporter's own base, and stays
   unknown where that isn't registered. #}
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

owed as (

    select
        targets.programme_id,
        rosters.reporter_id,
        targets.indicator_id,
        targets.measured_period as period,
        targets.target_id,
        targets.comparator,
        targets.is_scored,
        targets.is_multiple_of_base and bases.base_value is null as is_base_missing,
        coalesce(splits.is_illustrative, false) as is_illustrative,
        case
            when targets.scope = 'city' and rosters.reporter_kind = 'city' then targets.value_low
            when targets.scope = 'city' then splits.value
            when list_contains(rosters.all_group_ids, split_part(targets.scope, ':', 2)) then targets.value_low
        end as own_value,
        bases.base_value
    from targets
    inner join rosters
        on
            targets.programme_id = rosters.programme_id
            and targets.measured_period = rosters.period
    left join splits
        on
            -- A target that restates another shares its parts.
            coalesce(targets.restates_target_id, targets.target_id) = splits.target_id
            and rosters.reporter_id = splits.reporter_id
            and coalesce(targets.last_date >= splits.valid_from, true)
            and coalesce(targets.last_date <= splits.valid_to, true)
    left join bases
        on
            targets.target_id = bases.target_id
            and rosters.reporter_id = bases.reporter_id

),

valued as (

    select
        * exclude (own_value, base_value),
        case
            when is_base_missing then null
            else (own_value * coalesce(base_value, 1))::decimal(24, 6)
        end as target_value
    from owed
    where own_value is not null

)

select * from valued
