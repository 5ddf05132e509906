{# Which row of a target holds in a period, as known at the as-of time: the row in force on the period's last day,
   else the first row; none before the first row was registered. #}
with

targets as (

    select * from {{ ref('targets') }}

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
        documents.number as document_number,
        row_number() over (partition by targets.target_id order by targets.valid_from) as version_number
    from targets
    inner join documents
        on targets.document_id = documents.document_id
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
    inner join periods as target_periods
        on
            known_targets.programme_id = target_periods.programme_id
            and known_targets.period = target_periods.period
    inner join periods
        on
            known_targets.programme_id = periods.programme_id
            and target_periods.first_month <= periods.first_month
            and target_periods.last_month >= periods.last_month

),

in_force as (

    select *
    from covered
    where is_in_force or version_number = 1
    qualify row_number() over (
        partition by target_id, measured_period
        order by is_in_force desc, version_number desc
    ) = 1

)

select * exclude (version_number, is_in_force) from in_force
