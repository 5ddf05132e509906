with

scores as (

    select * from {{ ref('composite_rankings') }}

),

programmes as (

    select * from {{ ref('dim_programmes') }}

),

periods as (

    select * from {{ ref('dim_periods') }}

),

reporters as (

    select * from {{ ref('dim_reporters') }}

),

group_names as (

    select
        programme_id,
        group_id,
        any_value(group_name) as group_name
    from reporters
    group by programme_id, group_id

),

latest as (

    select
        programme_id,
        cadence,
        max(last_date) as last_date
    from periods
    where is_ended and cadence_label is not null
    group by programme_id, cadence

),

named as (

    select
        scores.programme_id,
        programmes.programme_name,
        scores.cadence,
        scores.period,
        periods.period_label,
        periods.last_date,
        latest.last_date is not null as is_current,
        scores.scope,
        case when scores.scope = 'overall' then '全体' else group_names.group_name end as scope_name,
        scores.reporter_id,
        reporters.reporter_name,
        scores.score,
        scores.rank,
        scores.ranked_count,
        scores.rank_change,
        scores.score_change
    from scores
    inner join programmes
        on scores.programme_id = programmes.programme_id
    inner join periods
        on
            scores.programme_id = periods.programme_id
            and scores.cadence = periods.cadence
            and scores.period = periods.period
    inner join reporters
        on
            scores.programme_id = reporters.programme_id
            and scores.reporter_id = reporters.reporter_id
    left join group_names
        on
            scores.programme_id = group_names.programme_id
            and scores.scope = group_names.group_id
    left join latest
        on
            periods.programme_id = latest.programme_id
            and periods.cadence = latest.cadence
            and periods.last_date = latest.last_date

)

select * from named
