with

findings as (

    select * from {{ ref('stg_submissions__findings') }}

),

receipts as (

    select * from {{ ref('stg_submissions__receipts') }}

),

known as (

    select
        findings.receipt_id,
        receipts.file_name,
        findings.programme_id,
        findings.reporter_id,
        findings.period,
        findings.rule_id,
        findings.severity,
        findings.sheet,
        findings.row_number,
        findings.column_label,
        findings.cell,
        findings.found,
        findings.expected,
        findings.message
    from findings
    inner join receipts
        on findings.receipt_id = receipts.receipt_id
    where
        findings.known_from_at <= {{ as_of_at() }}
        and coalesce(findings.known_until_at > {{ as_of_at() }}, true)

)

select * from known
