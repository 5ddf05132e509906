with

targets as (

    select * from {{ ref('targets') }}
    where coalesce(valid_from <= {{ as_of_date() }}, true)

),

documents as (

    select * from {{ ref('documents') }}

),

versions as (

    select
        targets.target_id,
        targets.document_id,
        documents.number as document_number,
        targets.clause,
        targets.indicator_id,
        targets.comparator,
        targets.value_low::decimal(24, 6) as value_low,
        targets.value_high::decimal(24, 6) as value_high,
        targets.unit,
        targets.period,
        targets.scope,
        targets.strength,
        targets.is_approximate,
        targets.is_scored,
        targets.note,
        targets.valid_from,
        targets.valid_to
    from targets
    inner join documents
        on targets.document_id = documents.document_id

)

select * from versions
