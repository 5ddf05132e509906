-- A reporter that did not report is a row “not_submitted”, never an absent one: a missing row would silently shrink M.
with

present as (

    select distinct
        programme_id,
        period,
        reporter_id
    from {{ ref('indicator_progress') }}

)

select
    rosters.programme_id,
    rosters.period,
    rosters.reporter_id
from {{ ref('int_rosters') }} as rosters
left join present
    on
        rosters.programme_id = present.programme_id
        and rosters.period = present.period
        and rosters.reporter_id = present.reporter_id
where
    rosters.reporter_kind != 'city'
    and present.reporter_id is null
    and exists (
        select 1
        from {{ ref('programme_indicators') }} as programme_indicators
        inner join {{ ref('indicators') }} as indicators
            on programme_indicators.indicator_id = indicators.indicator_id
        inner join {{ ref('int_rosters') }} as home_rosters
            on
                indicators.home_programme_id = home_rosters.programme_id
                and rosters.reporter_id = home_rosters.reporter_id
                and rosters.period = home_rosters.period
        where
            programme_indicators.programme_id = rosters.programme_id
            and {{ is_supplier('indicators', 'home_rosters') }}
    )
