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

grade_bands as (

    select * from {{ ref('grade_bands') }}

),

-- A blank bound is an open end.
graded as (

    select
        ranked.*,
        grade_bands.grade
    from ranked
    left join grade_bands
        on
            ranked.scheme_id = grade_bands.scheme_id
            and ranked.cadence = grade_bands.cadence
            and coalesce(ranked.rounded_score >= grade_bands.score_from, true)
            and coalesce(ranked.rounded_score < grade_bands.score_to, true)

),

with_change as (

    select
        graded.programme_id,
        graded.scope,
        graded.period,
        graded.cadence,
        graded.reporter_id,
        graded.scheme_id,
        graded.score,
        graded.rank,
        graded.grade,
        graded.ranked_count,
        graded.reporter_count,
        previous_ranked.rank - graded.rank as rank_change,
        (graded.score - previous_ranked.score)::decimal(18, 6) as score_change,
        graded.margin_above::decimal(18, 6) as margin_above,
        graded.margin_below::decimal(18, 6) as margin_below
    from graded
    left join ranked as previous_ranked
        on
            graded.programme_id = previous_ranked.programme_id
            and graded.scope = previous_ranked.scope
            and graded.reporter_id = previous_ranked.reporter_id
            and graded.previous_period = previous_ranked.period

)

select * from with_change
