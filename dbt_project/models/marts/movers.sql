{# Why a place changed: each part of the score against the same part in the previous period of the cadence. #}
with

rankings as (

    select * from {{ ref('composite_rankings') }}
    where rank_change is not null

),

parts as (

    select * from {{ ref('score_parts') }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

points as (

    select
        programme_id,
        reporter_id,
        period,
        part_id,
        any_value(indicator_id) as indicator_id,
        sum(points)::decimal(18, 6) as points
    from parts
    group by programme_id, reporter_id, period, part_id

),

-- A part that is in one of the two periods only has no points in the other.
sides as (

    select
        points.programme_id,
        points.reporter_id,
        points.period,
        points.part_id,
        points.indicator_id,
        points.points as current_points,
        0::decimal(18, 6) as previous_points
    from points
    union all
    select
        points.programme_id,
        points.reporter_id,
        periods.period,
        points.part_id,
        points.indicator_id,
        0::decimal(18, 6) as current_points,
        points.points as previous_points
    from periods
    inner join points
        on
            periods.programme_id = points.programme_id
            and periods.previous_period = points.period

),

changes as (

    select
        programme_id,
        reporter_id,
        period,
        part_id,
        any_value(indicator_id) as indicator_id,
        sum(current_points)::decimal(18, 6) as points,
        sum(previous_points)::decimal(18, 6) as previous_points
    from sides
    group by programme_id, reporter_id, period, part_id

),

moved as (

    select
        rankings.programme_id,
        rankings.scope,
        rankings.period,
        rankings.cadence,
        rankings.reporter_id,
        rankings.rank + rankings.rank_change as previous_rank,
        rankings.rank,
        rankings.rank_change,
        rankings.score_change,
        changes.part_id,
        changes.indicator_id,
        changes.points,
        changes.previous_points,
        (changes.points - changes.previous_points)::decimal(18, 6) as points_change,
        -- First is the part that explains the change of the score best.
        row_number() over (
            partition by rankings.programme_id, rankings.scope, rankings.period, rankings.reporter_id
            order by sign(rankings.score_change) * (changes.points - changes.previous_points) desc, changes.part_id
        )::integer as explanation_order
    from rankings
    inner join changes
        on
            rankings.programme_id = changes.programme_id
            and rankings.period = changes.period
            and rankings.reporter_id = changes.reporter_id

)

select * from moved
