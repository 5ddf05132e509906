{# What counts of all accepted versions of a table: each row's figures from the newest version that has them, so that a
   blank never deletes. Month and cumulative belong together: a newer version that has either leaves none of the older. #}
{{ config(materialized='incremental', pre_hook="{{ built_by_period() }}") }}

with

submissions as (

    select * from {{ ref('int_submissions_received') }}
    where
        verdict = 'accepted'
        and {{ is_built('period') }}

),

reported_values as (

    select * from {{ ref('stg_submissions__values') }}

),

versions as (

    select
        submissions.programme_id,
        submissions.reporter_id,
        submissions.period,
        submissions.is_sample,
        submissions.newest_first,
        reported_values.indicator_id,
        reported_values.month_value,
        reported_values.cumulative_value,
        reported_values.same_period_value,
        reported_values.growth_pct,
        reported_values.month_value is not null or reported_values.cumulative_value is not null as has_figure
    from submissions
    inner join reported_values
        on submissions.table_id = reported_values.table_id
    where reported_values.indicator_id is not null

),

merged as (

    select
        programme_id,
        reporter_id,
        period,
        indicator_id,
        bool_or(is_sample) as is_sample,
        arg_min_null(month_value, newest_first) filter (where has_figure) as month_value,
        arg_min_null(cumulative_value, newest_first) filter (where has_figure) as cumulative_value,
        arg_min(same_period_value, newest_first) as same_period_value,
        arg_min(growth_pct, newest_first) as growth_pct
    from versions
    group by programme_id, reporter_id, period, indicator_id

)

select * from merged
