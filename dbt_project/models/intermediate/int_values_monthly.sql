{# One row per indicator, supplying reporter and month of the indicator's home programme, whether reported or not. Who
   left during the year stays until its end, so that a sum without it is known to be incomplete; who became part of
   another doesn't, as that one reports for both. A ratio has no rows here: nobody reports it. #}
{{ config(materialized='view') }}

with

months as (

    select * from {{ ref('stg_registry__periods') }}
    where
        cadence = 'monthly_dispatch'
        and {{ is_built_year('period') }}

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
    where {{ is_built_year('period') }}

),

rosters_by_year as (

    select
        rosters.programme_id,
        rosters.reporter_id,
        rosters.reporter_kind,
        rosters.all_group_ids,
        months.year,
        min(months.last_month) as joined_on
    from rosters
    inner join months
        on
            rosters.programme_id = months.programme_id
            and rosters.period = months.period
    group by
        rosters.programme_id,
        rosters.reporter_id,
        rosters.reporter_kind,
        rosters.all_group_ids,
        months.year

),

suppliers as (

    select
        rosters_by_year.programme_id,
        rosters_by_year.reporter_id,
        rosters_by_year.year,
        indicators.indicator_id,
        any_value(indicators.kind) as kind,
        min(rosters_by_year.joined_on) as joined_on
    from rosters_by_year
    inner join indicators
        on
            rosters_by_year.programme_id = indicators.home_programme_id
            and {{ is_supplier('indicators', 'rosters_by_year') }}
    where indicators.numerator_indicator_id is null
    group by
        rosters_by_year.programme_id,
        rosters_by_year.reporter_id,
        rosters_by_year.year,
        indicators.indicator_id

),

expected as (

    select
        suppliers.indicator_id,
        suppliers.kind,
        suppliers.reporter_id,
        months.programme_id,
        months.period,
        months.year,
        months.last_month
    from suppliers
    inner join months
        on
            suppliers.programme_id = months.programme_id
            and suppliers.year = months.year
            and suppliers.joined_on <= months.last_month
    where
        not exists (
            select 1
            from successions
            where
                suppliers.reporter_id = successions.predecessor_id
                and last_day(months.last_month) >= successions.effective_on
        )

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
