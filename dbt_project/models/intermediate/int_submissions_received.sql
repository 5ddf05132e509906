{# Version order is receipt time; the rest only settles what one sweep saw at the same second. #}
with

receipts as (

    select * from {{ ref('int_receipts_judged') }}

),

submitted_tables as (

    select * from {{ ref('stg_submissions__tables') }}

),

received as (

    select
        submitted_tables.table_id,
        submitted_tables.receipt_id,
        submitted_tables.programme_id,
        submitted_tables.reporter_id,
        submitted_tables.period,
        submitted_tables.is_sample,
        receipts.verdict,
        receipts.received_at,
        receipts.accepted_at,
        row_number() over (
            partition by
                submitted_tables.programme_id,
                submitted_tables.reporter_id,
                submitted_tables.period,
                receipts.verdict
            order by
                receipts.received_at desc,
                receipts.modified_at desc,
                receipts.file_name desc,
                receipts.sha256 desc
        ) as newest_first
    from submitted_tables
    inner join receipts
        on submitted_tables.receipt_id = receipts.receipt_id
    where
        submitted_tables.programme_id is not null
        and submitted_tables.reporter_id is not null
        and submitted_tables.period is not null
        -- What lay in another reporter's folder was returned to that folder, and says nothing about the one it names.
        and coalesce(receipts.folder_reporter_id = submitted_tables.reporter_id, true)

),

chosen as (

    select
        * exclude (newest_first),
        -- The newest accepted version counts; the older ones only fill in what it leaves blank.
        verdict = 'accepted' and newest_first = 1 as is_counted,
        case when verdict = 'accepted' then newest_first end as newest_first
    from received

)

select * from chosen
