with

receipts as (

    select * from {{ ref('int_receipts_judged') }}

),

submissions as (

    select * from {{ ref('int_submissions_received') }}

),

counted as (

    select distinct receipt_id
    from submissions
    where is_counted

),

joined as (

    select
        receipts.receipt_id,
        receipts.file_name,
        receipts.sha256,
        receipts.source,
        receipts.verdict,
        counted.receipt_id is not null as is_counted,
        receipts.received_at
    from receipts
    left join counted
        on receipts.receipt_id = counted.receipt_id

)

select * from joined
