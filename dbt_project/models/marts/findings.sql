{# What was found in the received files, as known at the as-of time. A reminder can be answered in the note (说明) of its
   row, of a task as its problem (存在问题): the answer is what the version that counts says of the same indicator, task
   or item, so that it stays with it when the table is sent again. #}
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

reported_tasks as (

    select * from {{ ref('stg_submissions__tasks') }}

),

reported_items as (

    select * from {{ ref('stg_submissions__items') }}

),

counted as (

    select * from {{ ref('int_submissions_received') }}
    where is_counted

),

-- Few tables have findings, and only these and what now stands in their places need be looked into.
asked_tables as (

    select findings.table_id
    from findings
    union
    select counted.table_id
    from counted
    inner join findings
        on
            counted.programme_id = findings.programme_id
            and counted.reporter_id = findings.reporter_id
            and counted.period = findings.period

),

answerable as (

    select
        table_id,
        sheet,
        row_number,
        'indicator' as subject_kind,
        indicator_id as subject,
        indicator_id,
        note as answer
    from reported_values
    where table_id in (select asked_tables.table_id from asked_tables)
    union all
    select
        table_id,
        sheet,
        row_number,
        'task' as subject_kind,
        task_id as subject,
        null as indicator_id,
        problem as answer
    from reported_tasks
    where table_id in (select asked_tables.table_id from asked_tables)
    union all
    select
        table_id,
        sheet,
        row_number,
        item_kind as subject_kind,
        item_key as subject,
        null as indicator_id,
        note as answer
    from reported_items
    where table_id in (select asked_tables.table_id from asked_tables)

),

-- The sheets of a table count their rows each from one.
marked_rows as (

    select
        table_id,
        sheet,
        row_number,
        any_value(subject_kind) as subject_kind,
        any_value(subject) as subject,
        any_value(indicator_id) as indicator_id
    from answerable
    group by table_id, sheet, row_number

),

answers as (

    select
        counted.programme_id,
        counted.reporter_id,
        counted.period,
        answerable.subject_kind,
        answerable.subject,
        any_value(answerable.answer) as answer
    from counted
    inner join answerable
        on counted.table_id = answerable.table_id
    group by
        counted.programme_id,
        counted.reporter_id,
        counted.period,
        answerable.subject_kind,
        answerable.subject

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
        case when findings.severity = '提醒' then answers.answer end as explanation,
        findings.severity = '提醒' and answers.answer is not null as is_explained,
        findings.waived_by,
        findings.waiver_reason
    from findings
    inner join receipts
        on findings.receipt_id = receipts.receipt_id
    left join marked_rows
        on
            findings.table_id = marked_rows.table_id
            and findings.sheet is not distinct from marked_rows.sheet
            and findings.row_number = marked_rows.row_number
    left join answers
        on
            findings.programme_id = answers.programme_id
            and findings.reporter_id = answers.reporter_id
            and findings.period = answers.period
            and marked_rows.subject_kind = answers.subject_kind
            and marked_rows.subject = answers.subject

)

select * from explained
