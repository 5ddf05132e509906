{# One row per indicator, supplying reporter and month of the indicator's home programme, whether reported or not. Who
   left during the year stays until its end, so that a sum without it is known to be incomplete. #}
with

months as (

    select * from {{ ref('stg_registry__periods') }}
    where cadence = 'monthly_dispatch'

),

rosters as (

    select * from {{ ref('int_rosters') }}

),

indicators as (

    select * from {{ ref('indicators') }}

),

submissions as (

    select * from {{ ref('int_submissions_received') }}
    where is_counted

),

reported_values as (

    select * from {{ ref('stg_submissions__values') }}

),

expected as (

    select distinct
        indicators.indicator_id,
        indicators.kind,
        rosters.reporter_id,
        months.programme_id,
        months.period,
        months.year,
        months.last_month
    from indicators
    inner join months
        on indicators.home_programme_id = months.programme_id
    inner join months as earlier_months
        on
            months.programme_id = earlier_months.programme_id
            and months.year = earlier_months.year
            and months.last_month >= earlier_months.last_month
    inner join rosters
        on
            earlier_months.programme_id = rosters.programme_id
            and earlier_months.period = rosters.period
            and indicators.supplier_kind = rosters.reporter_kind

),

reported as (

    select
        submissions.programme_id,
        submissions.reporter_id,
        submissions.period,
        submissions.is_sample,
        reported_values.indicator_id,
        reported_values.month_value,
        reported_values.cumulative_value,
        reported_values.same_period_value,
        reported_values.growth_pct
    from submissions
    inner join reported_values
        on submissions.table_id = reported_values.table_id

),

joined as (

    select
        expected.*,
        reported.month_value,
        reported.cumulative_value,
        reported.same_period_value,
        reported.growth_pct,
        coalesce(reported.is_sample, false) as is_sample
    from expected
    left join reported
        on
            expected.programme_id = reported.programme_id
            and expected.reporter_id = reported.reporter_id
            and expected.period = reported.period
            and expected.indicator_id = reported.indicator_id

)

select * from joined
