{# One row per indicator, supplying reporter and month of the indicator's home programme, whether reported or not. Who
   left during the year stays until its end, so that a sum without it is known to be incomplete; who became part of
   another doesn't, as that one reports for both. A ratio has no rows here: nobody reports it. #}
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

successions as (

    select * from {{ ref('reporter_successions') }}

),

reported as (

    select * from {{ ref('int_values_corrected') }}

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
            and {{ is_supplier('indicators', 'rosters') }}
    left join successions
        on
            rosters.reporter_id = successions.predecessor_id
            and last_day(months.last_month) >= successions.effective_on
    where
        indicators.numerator_indicator_id is null
        and successions.predecessor_id is null

),

takeovers as (

    select distinct
        successor_id as reporter_id,
        date_trunc('month', effective_on)::date as month_date
    from successions

),

joined as (

    select
        expected.*,
        -- Months alone don't carry on a cumulative that is now that of a larger area.
        takeovers.reporter_id is not null and month(expected.last_month) > 1 as is_takeover,
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
    left join takeovers
        on
            expected.reporter_id = takeovers.reporter_id
            and expected.last_month = takeovers.month_date

)

select * from joined
