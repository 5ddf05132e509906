with

parts as (

    select * from {{ ref('score_parts') }}

),

schemes as (

    select * from {{ ref('scoring_schemes') }}

),

rosters as (

    select * from {{ ref('int_rosters') }}

),

programmes as (

    select * from {{ ref('programmes') }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

summed as (

    select
        programme_id,
        reporter_id,
        period,
        scheme_id,
        sum(points)::decimal(18, 6) as score
    from parts
    group by programme_id, reporter_id, period, scheme_id

),

compared as (

    select
        rosters.programme_id,
        rosters.reporter_id,
        rosters.group_id,
        rosters.period,
        periods.cadence,
        periods.previous_period,
        summed.scheme_id,
        summed.score,
        {{ rounded_at('summed.score::decimal(24, 12)', 'schemes.score_decimals') }} as rounded_score
    from rosters
    inner join programmes
        on
            rosters.programme_id = programmes.programme_id
            and rosters.reporter_kind = programmes.reporter_kind
    inner join periods
        on
            rosters.programme_id = periods.programme_id
            and rosters.period = periods.period
    left join summed
        on
            rosters.programme_id = summed.programme_id
            and rosters.reporter_id = summed.reporter_id
            and rosters.period = summed.period
    left join schemes
        on summed.scheme_id = schemes.scheme_id

),

scoped as (

    select
        compared.*,
        'overall' as scope
    from compared
    union all
    select
        compared.*,
        compared.group_id as scope
    from compared
    where compared.group_id is not null

),

counted as (

    select
        *,
        count(*) over (partition by programme_id, scope, period)::integer as reporter_count
    from scoped

),

ranked as (

    select
        *,
        rank() over (
            partition by programme_id, scope, period
            order by rounded_score desc
        )::integer as rank,
        count(*) over (partition by programme_id, scope, period)::integer as ranked_count,
        -- The distance to the place above and below; who shares a place is no neighbour.
        min(score) over (
            partition by programme_id, scope, period
            order by rounded_score desc
            groups between 1 preceding and 1 preceding
        ) - score as margin_above,
        score - max(score) over (
            partition by programme_id, scope, period
            order by rounded_score desc
            groups between 1 following and 1 following
        ) as margin_below
    from counted
    where score is not null

),

with_change as (

    select
        ranked.programme_id,
        ranked.scope,
        ranked.period,
        ranked.cadence,
        ranked.reporter_id,
        ranked.scheme_id,
        ranked.score,
        ranked.rank,
        ranked.ranked_count,
        ranked.reporter_count,
        previous_ranked.rank - ranked.rank as rank_change,
        (ranked.score - previous_ranked.score)::decimal(18, 6) as score_change,
        ranked.margin_above::decimal(18, 6) as margin_above,
        ranked.margin_below::decimal(18, 6) as margin_below
    from ranked
    left join ranked as previous_ranked
        on
            ranked.programme_id = previous_ranked.programme_id
            and ranked.scope = previous_ranked.scope
            and ranked.reporter_id = previous_ranked.reporter_id
            and ranked.previous_period = previous_ranked.period

)

select * from with_change
