{# What each reporter owes in a period: the city its document's figure, a district its own part of it, or the obligation
   that the document lays on each member of a group. A multiple (翻一番) is owed of the reporter's own base, and stays
   unknown where that isn't registered. A goal in words (与经济增长同步) is the city's or each member's, without value. #}
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
        targets.due_month,
        coalesce(targets.comparator, '') = '' as is_text,
        targets.is_multiple_of_base and bases.base_value is null as is_base_missing,
        coalesce(splits.is_illustrative, false) as is_illustrative,
        case
            when targets.scope != 'city' then list_contains(rosters.all_group_ids, split_part(targets.scope, ':', 2))
            else rosters.reporter_kind = 'city' or splits.value is not null
        end as is_owed,
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
        * exclude (own_value, base_value, is_owed),
        case
            when is_base_missing then null
            else (own_value * coalesce(base_value, 1))::decimal(24, 6)
        end as target_value
    from owed
    where is_owed

)

select * from valued
