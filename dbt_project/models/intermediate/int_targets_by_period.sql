{# Which row of a target holds in a period, as known at the as-of time: the row in force on the period's last day,
   before the first row was in force the first row; none before it was registered, none once the last has ended. The
   target of a later year (到2025年) is what the years before are on their way to, for all that isn't counted afresh each
   year. is_measured is false for a goal that only repeats another of its document, and for the second of two tiers: both
   are shown, completion is of the first. #}
with

targets as (

    select * from {{ ref('targets') }}

),

indicators as (

    select * from {{ ref('indicators') }}

),

documents as (

    select * from {{ ref('documents') }}

),

programmes as (

    select * from {{ ref('programmes') }}

),

periods as (

    select * from {{ ref('stg_registry__periods') }}

),

known_targets as (

    select
        targets.*,
        programmes.programme_id,
        {{ first_month_of('targets.period') }} as target_first_month,
        {{ last_month_of('targets.period') }} as target_last_month,
        documents.number as document_number,
        indicators.kind,
        indicators.completion_rule,
        indicators.unit != targets.unit as is_multiple_of_base,
        targets.stretches_target_id is null and repeated.target_id is null as is_measured,
        row_number() over (partition by targets.target_id order by targets.valid_from nulls first) as version_number,
        count(distinct targets.period) over (
            partition by targets.document_id, targets.indicator_id, targets.scope
        ) as target_period_count
    from targets
    inner join indicators
        on targets.indicator_id = indicators.indicator_id
    inner join documents
        on targets.document_id = documents.document_id
    left join targets as repeated
        on
            targets.restates_target_id = repeated.target_id
            and targets.document_id = repeated.document_id
            and coalesce(targets.valid_from >= repeated.valid_from, true)
            and coalesce(targets.valid_from <= repeated.valid_to, true)
    inner join programmes
        on documents.document_id = programmes.document_id
    where coalesce(targets.valid_from <= {{ as_of_date() }}, true)

),

covered as (

    select
        known_targets.*,
        periods.period as measured_period,
        periods.cadence,
        periods.last_date,
        coalesce(known_targets.valid_from <= periods.last_date, true)
        and coalesce(known_targets.valid_to >= periods.last_date, true) as is_in_force
    from known_targets
    inner join periods
        on
            known_targets.programme_id = periods.programme_id
            and known_targets.target_last_month >= periods.last_month
            and (
                known_targets.target_first_month <= periods.first_month
                or (
                    known_targets.kind != 'increment'
                    and known_targets.target_period_count = 1
                    and known_targets.target_first_month > periods.last_month
                )
            )

),

in_force as (

    select *
    from covered
    where is_in_force or (version_number = 1 and last_date < valid_from)
    qualify row_number() over (
        partition by target_id, measured_period
        order by is_in_force desc, version_number desc
    ) = 1

)

select
    * exclude (version_number, is_in_force, target_first_month, target_last_month),
    target_last_month as due_month
from in_force
