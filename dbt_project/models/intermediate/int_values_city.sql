{# Adds the city's own rows: the sum of what its reporters reported, what its one supplying department reported, or what
   the city reported itself. A sum over fewer reporters than expected stays a sum of those that reported; the counts say
   so. #}
{{ config(materialized='view') }}

with

cumulated as (

    select * from {{ ref('int_values_cumulated') }}
    where {{ is_built_year('period') }}

),

indicators as (

    select * from {{ ref('indicators') }}

),

cities as (

    select * from {{ ref('reporters') }}
    where reporter_kind = 'city'

),

own_rows as (

    select
        cumulated.*,
        (cumulated.cumulative_value is not null or cumulated.month_value is not null)::integer as reported_count,
        (cumulated.cumulative_value is not null)::integer as cumulative_count,
        (cumulated.month_value is not null)::integer as flow_count,
        1 as expected_count
    from cumulated

),

city_sums as (

    select
        own_rows.programme_id,
        cities.reporter_id,
        own_rows.indicator_id,
        own_rows.kind,
        own_rows.period,
        own_rows.year,
        bool_or(own_rows.is_sample) as is_sample,
        own_rows.last_month,
        sum(own_rows.month_value)::decimal(24, 6) as month_value,
        -- Last year's sum stands beside this year's only where it is that of the same reporters.
        case
            when bool_and((own_rows.same_period_value is null) = (own_rows.cumulative_value is null))
                then sum(own_rows.same_period_value)::decimal(24, 6)
        end as same_period_value,
        case when any_value(indicators.city_method) = 'reported' then any_value(own_rows.growth_pct) end as growth_pct,
        sum(own_rows.cumulative_value)::decimal(24, 6) as cumulative_value,
        sum(own_rows.reported_count)::integer as reported_count,
        sum(own_rows.cumulative_count)::integer as cumulative_count,
        sum(own_rows.flow_count)::integer as flow_count,
        count(*)::integer as expected_count
    from own_rows
    inner join indicators
        on own_rows.indicator_id = indicators.indicator_id
    cross join cities
    where
        indicators.supplier_kind = 'department'
        or (indicators.city_method = 'sum' and indicators.supplier_kind != 'city')
    group by
        own_rows.programme_id,
        cities.reporter_id,
        own_rows.indicator_id,
        own_rows.kind,
        own_rows.period,
        own_rows.year,
        own_rows.last_month

),

everyone as (

    select * from own_rows
    union all by name
    select * from city_sums

)

select * from everyone
