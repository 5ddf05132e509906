{# An increment's cumulative is the reported one; lacking that, the last reported one (none yet: zero) plus the months
   since, and unknown while one of those months is missing. Every other kind is taken as reported. #}
{{ config(materialized='incremental', pre_hook="{{ built_by_period() }}") }}

with

monthly as (

    select * from {{ ref('int_values_monthly') }}

),

anchored as (

    select
        *,
        count(cumulative_value) over (
            partition by reporter_id, indicator_id, year
            order by last_month
        ) as anchor_number
    from monthly

),

counted_from_anchor as (

    select
        *,
        coalesce(max(cumulative_value) over anchor_span, 0) as anchor_value,
        coalesce(
            sum(case when cumulative_value is null then month_value end) over anchor_span, 0
        ) as value_since_anchor,
        count_if(
            cumulative_value is null and (month_value is null or is_takeover)
        ) over anchor_span as missing_count
    from anchored
    window
        anchor_span as (
            partition by reporter_id, indicator_id, year, anchor_number
            order by last_month
        )

),

cumulated as (

    select
        programme_id,
        reporter_id,
        indicator_id,
        kind,
        period,
        year,
        is_sample,
        last_month,
        month_value,
        same_period_value,
        growth_pct,
        case
            when kind = 'increment'
                then
                    case
                        when missing_count = 0
                            then (anchor_value + value_since_anchor)::decimal(24, 6)
                    end
            else cumulative_value
        end as cumulative_value
    from counted_from_anchor

)

select * from cumulated
where {{ is_built('period') }}
