{# Adds the ratios, calculated from their two parts for every reporter that has both. The city's is the ratio of its
   sums, never a mean of ratios, and known only where both sums are over the same reporters, or each over all that it is
   asked of. #}
{{ config(materialized='view') }}

with

reported as (

    select * from {{ ref('int_values_city') }}

),

reporters as (

    select * from {{ ref('reporters') }}

),

indicators as (

    select * from {{ ref('indicators') }}
    where numerator_indicator_id is not null

),

-- Each part is read by itself: all that is reported, read three times, would be held in memory.
numerators as (

    select * from {{ ref('int_values_city') }}
    where indicator_id in (select indicators.numerator_indicator_id from indicators)

),

denominators as (

    select * from {{ ref('int_values_city') }}
    where indicator_id in (select indicators.denominator_indicator_id from indicators)

),

paired as (

    select
        indicators.home_programme_id as programme_id,
        numerators.reporter_id,
        indicators.indicator_id,
        indicators.kind,
        numerators.period,
        numerators.year,
        numerators.last_month,
        indicators.unit,
        numerators.is_sample or denominators.is_sample as is_sample,
        numerators.cumulative_count = denominators.cumulative_count as is_over_equally_many,
        numerators.cumulative_count = numerators.expected_count
        and denominators.cumulative_count = denominators.expected_count as is_complete,
        numerators.cumulative_value as numerator_value,
        denominators.cumulative_value as denominator_value,
        numerators.same_period_value as numerator_same_period,
        denominators.same_period_value as denominator_same_period,
        least(numerators.reported_count, denominators.reported_count) as least_reported_count,
        least(numerators.cumulative_count, denominators.cumulative_count) as least_cumulative_count,
        greatest(numerators.expected_count, denominators.expected_count) as expected_count
    from indicators
    inner join numerators
        on indicators.numerator_indicator_id = numerators.indicator_id
    inner join denominators
        on
            indicators.denominator_indicator_id = denominators.indicator_id
            and numerators.reporter_id = denominators.reporter_id
            and numerators.period = denominators.period

),

matched as (

    select
        paired.indicator_id,
        paired.last_month,
        count(paired.numerator_value + paired.denominator_value) as matched_count
    from paired
    inner join reporters
        on paired.reporter_id = reporters.reporter_id
    where reporters.reporter_kind != 'city'
    group by paired.indicator_id, paired.last_month

),

divided as (

    select
        paired.*,
        paired.is_complete
        or (
            paired.is_over_equally_many
            and paired.least_cumulative_count in (0, coalesce(matched.matched_count, 0))
        ) as is_comparable,
        {{ exact_ratio('paired.numerator_value', 'paired.denominator_value') }} as ratio,
        {{ exact_ratio('paired.numerator_same_period', 'paired.denominator_same_period') }} as same_period_ratio,
        case when paired.unit = '%' then 100 else 1 end as scale,
        -- A part that fewer are asked of is no less complete.
        if(paired.is_complete, paired.expected_count, paired.least_reported_count) as reported_count,
        if(paired.is_complete, paired.expected_count, paired.least_cumulative_count) as cumulative_count
    from paired
    left join matched
        on
            paired.indicator_id = matched.indicator_id
            and paired.last_month = matched.last_month

),

ratios as (

    select
        programme_id,
        reporter_id,
        indicator_id,
        kind,
        period,
        year,
        is_sample,
        last_month,
        null::decimal(24, 6) as month_value,
        null::decimal(24, 6) as growth_pct,
        (case when is_comparable then ratio * scale end)::decimal(24, 6) as cumulative_value,
        (case when is_comparable then same_period_ratio * scale end)::decimal(24, 6) as same_period_value,
        reported_count,
        cumulative_count,
        0 as flow_count,
        expected_count
    from divided

),

everything as (

    select * from reported
    union all by name
    select * from ratios

)

select * from everything
