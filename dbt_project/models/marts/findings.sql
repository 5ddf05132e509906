{# What was found in the received files, as known at the as-of time. A reminder can be answered in the note (说明) of its
   row: the answer is the note of the same indicator in the version that counts, so that it stays with the figure when
   the table is sent again. #}
with

findings as (

    select * from {{ ref('stg_submissions__findings') }}
    where
        known_from_at <= {{ as_of_at() }}
        and coalesce(known_until_at > {{ as_of_at() }}, true)

),

receipts as (

    select * from {{ ref('stg_submissions__receipts') }}

),

reported_values as (

    select * from {{ ref('stg_submissions__values') }}

),

counted as (

    select * from {{ ref('int_submissions_received') }}
    where is_counted

),

marked_rows as (

    select
        table_id,
        row_number,
        any_value(indicator_id) as indicator_id
    from reported_values
    group by table_id, row_number

),

notes as (

    select
        counted.programme_id,
        counted.reporter_id,
        counted.period,
        reported_values.indicator_id,
        any_value(reported_values.note) as note
    from counted
    inner join reported_values
        on counted.table_id = reported_values.table_id
    group by
        counted.programme_id,
        counted.reporter_id,
        counted.period,
        reported_values.indicator_id

),

explained as (

    select
        findings.receipt_id,
        receipts.file_name,
        findings.programme_id,
        findings.reporter_id,
        findings.period,
        marked_rows.indicator_id,
        findings.rule_id,
        findings.severity,
        findings.sheet,
        findings.row_number,
        findings.column_label,
        findings.cell,
        findings.found,
        findings.expected,
        findings.message,
        case when findings.severity = '提醒' then notes.note end as explanation,
        findings.severity = '提醒' and notes.note is not null as is_explained,
        findings.waived_by,
        findings.waiver_reason
    from findings
    inner join receipts
        on findings.receipt_id = receipts.receipt_id
    left join marked_rows
        on
            findings.table_id = marked_rows.table_id
            and findings.row_number = marked_rows.row_number
    left join notes
        on
            findings.programme_id = notes.programme_id
            and findings.reporter_id = notes.reporter_id
            and findings.period = notes.period
            and marked_rows.indicator_id = notes.indicator_id

)

select * from explained
