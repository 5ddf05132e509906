{{ config(alias='programmes') }}

with

programmes as (

    select * from {{ ref('programmes') }}

),

documents as (

    select * from {{ ref('documents') }}

),

described as (

    select
        programmes.programme_id,
        programmes.programme_name,
        programmes.document_id,
        documents.number as document_number,
        documents.title as document_title,
        programmes.starts_on,
        programmes.ends_on
    from programmes
    inner join documents
        on programmes.document_id = documents.document_id

)

select * from described
