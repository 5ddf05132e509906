{# Ranks on every basis that the registry declares, overall and inside the reporter's own group: equal at the declared
   precision is equal in rank, and the next rank is left out (1, 2, 2, 4). Not ranked: the city, and whoever has no value
   or no target to be measured by; they do not count in M either. #}
{{ config(materialized='view') }}

with

progress as (

    select * from {{ ref('int_progress_measured') }}
    where
        reporter_kind != 'city'
        and {{ is_built_or_previous('period') }}

),

indicators as (

    select * from {{ ref('indicators') }}

),

bases as (

    select
        progress.programme_id,
        progress.indicator_id,
        progress.period,
        progress.previous_period,
        progress.cadence,
        progress.reporter_id,
        progress.group_id,
        progress.target_state,
        progress.cumulative_value,
        progress.completion_ratio,
        progress.yoy_ratio,
        indicators.decimals,
        indicators.ratio_decimals,
        indicators.direction,
        unnest(string_split(progress.ranking_bases, '|')) as basis
    from progress
    inner join indicators
        on progress.indicator_id = indicators.indicator_id
    where progress.ranking_bases != ''

),

based as (

    select
        * exclude (target_state, cumulative_value, completion_ratio, yoy_ratio, decimals, ratio_decimals, direction),
        case basis
            when 'completion' then case when target_state = 'set' then completion_ratio end
            when 'growth' then yoy_ratio
            when 'level' then cumulative_value::decimal(24, 12)
        end as ranked_value,
        -- Ratios are compared as the percentages that are printed.
        case basis when 'level' then decimals else ratio_decimals + 2 end as compared_decimals,
        -- A completion rate already says how well, whichever way the indicator runs.
        case when direction = 'lower' and basis != 'completion' then -1 else 1 end as better_sign
    from bases

),

scoped as (

    select
        based.*,
        'overall' as scope
    from based
    union all
    select
        based.*,
        based.group_id as scope
    from based
    where based.group_id is not null

),

comparable as (

    select
        *,
        better_sign * ranked_value as goodness,
        better_sign * {{ rounded_at('ranked_value', 'compared_decimals') }} as rounded_goodness
    from scoped

),

ranked as (

    select
        programme_id,
        scope,
        indicator_id,
        basis,
        cadence,
        period,
        previous_period,
        reporter_id,
        ranked_value,
        count(*) over everyone as reporter_count,
        count(ranked_value) over everyone::integer as ranked_count,
        rank() over places::integer as rank,
        -- The distance to the place above and below; who shares a place is no neighbour.
        min(goodness) over (places groups between 1 preceding and 1 preceding) - goodness as margin_above,
        goodness - max(goodness) over (places groups between 1 following and 1 following) as margin_below
    from comparable
    window
        everyone as (partition by programme_id, scope, indicator_id, basis, period),
        -- Whoever has no value comes after the last place.
        places as (
            partition by programme_id, scope, indicator_id, basis, period
            order by rounded_goodness desc nulls last
        )

)

select * from ranked
where ranked_value is not null
