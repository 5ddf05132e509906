{# What a district needs to recompute a mark: full marks, kind and parameters of the rule, how figures are compared. #}
{{ config(alias='scoring_rules') }}

with

schemes as (

    select * from {{ ref('scoring_schemes') }}

),

weights as (

    select * from {{ ref('scoring_weights') }}

),

rules as (

    select * from {{ ref('scoring_rules') }}

),

indicators as (

    select * from {{ ref('indicators') }}

),

of_indicators as (

    select
        schemes.programme_id,
        schemes.scheme_id,
        weights.indicator_id,
        weights.weight,
        rules.*,
        case rules.basis when 'level' then indicators.decimals else indicators.ratio_decimals + 2 end
            as compared_decimals,
        rules.basis != 'completion' and indicators.direction = 'lower' as is_lower_better
    from schemes
    inner join weights
        on schemes.scheme_id = weights.scheme_id
    inner join rules
        on weights.rule_id = rules.rule_id
    inner join indicators
        on weights.indicator_id = indicators.indicator_id

)

select * from of_indicators
