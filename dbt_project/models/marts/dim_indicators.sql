{{ config(alias='indicators') }}

with

registered as (

    select * from {{ ref('indicators') }}

),

programme_indicators as (

    select * from {{ ref('programme_indicators') }}

),

described as (

    select
        programme_indicators.programme_id,
        registered.indicator_id,
        registered.indicator_name,
        registered.kind,
        registered.unit,
        registered.direction,
        registered.city_method,
        registered.supplier_kind,
        registered.frequency,
        registered.pace_rule,
        coalesce(programme_indicators.ranking_bases, '') as ranking_bases,
        registered.home_programme_id,
        registered.definition,
        registered.decimals,
        registered.ratio_decimals,
        programme_indicators.display_order
    from programme_indicators
    inner join registered
        on programme_indicators.indicator_id = registered.indicator_id

)

select * from described
