with

rankings as (

    select * from {{ ref('indicator_rankings') }}

),

progress as (

    select * from {{ ref('indicator_progress') }}

),

programmes as (

    select * from {{ ref('dim_programmes') }}

),

periods as (

    select * from {{ ref('dim_periods') }}

),

indicators as (

    select * from {{ ref('dim_indicators') }}

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
        rankings.programme_id,
        programmes.programme_name,
        rankings.cadence,
        rankings.period,
        periods.period_label,
        periods.last_date,
        latest.last_date is not null as is_current,
        rankings.scope,
        case when rankings.scope = 'overall' then '全体' else group_names.group_name end as scope_name,
        rankings.indicator_id,
        indicators.indicator_name,
        indicators.unit,
        rankings.basis,
        rankings.reporter_id,
        reporters.reporter_name,
        rankings.rank,
        rankings.ranked_count,
        rankings.rank_change,
        rankings.ranked_value,
        progress.cumulative_value,
        progress.target_value,
        progress.completion_ratio,
        progress.light
    from rankings
    inner join programmes
        on rankings.programme_id = programmes.programme_id
    inner join periods
        on
            rankings.programme_id = periods.programme_id
            and rankings.cadence = periods.cadence
            and rankings.period = periods.period
    inner join indicators
        on
            rankings.programme_id = indicators.programme_id
            and rankings.indicator_id = indicators.indicator_id
    inner join reporters
        on
            rankings.programme_id = reporters.programme_id
            and rankings.reporter_id = reporters.reporter_id
    inner join progress
        on
            rankings.programme_id = progress.programme_id
            and rankings.reporter_id = progress.reporter_id
            and rankings.indicator_id = progress.indicator_id
            and rankings.period = progress.period
    left join group_names
        on
            rankings.programme_id = group_names.programme_id
            and rankings.scope = group_names.group_id
    left join latest
        on
            periods.programme_id = latest.programme_id
            and periods.cadence = latest.cadence
            and periods.last_date = latest.last_date

)

select * from named
