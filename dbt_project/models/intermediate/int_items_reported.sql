{# What a reporter listed of a project, enterprise or platform in a month, over all accepted versions of its table: each
   cell from the newest version that has it, so that a blank never deletes. #}
with

submissions as (

    select * from {{ ref('int_submissions_received') }}
    where verdict = 'accepted'

),

items as (

    select * from {{ ref('stg_submissions__items') }}
    where item_key is not null

),

versions as (

    select
        submissions.programme_id,
        submissions.reporter_id,
        items.item_kind,
        items.item_key,
        (submissions.period || '-01')::date as month_date,
        submissions.is_sample,
        items.item_name,
        items.item_code,
        items.indicator_id,
        items.status,
        items.note,
        items.started_on,
        items.due_on,
        items.finished_on,
        -- Of two lines about one item in a table the first holds.
        row_number() over (
            partition by
                submissions.programme_id,
                submissions.reporter_id,
                items.item_kind,
                items.item_key,
                submissions.period
            order by submissions.newest_first, items.row_number
        ) as newest_first
    from items
    inner join submissions
        on items.table_id = submissions.table_id

),

merged as (

    select
        programme_id,
        reporter_id,
        item_kind,
        item_key,
        month_date,
        bool_or(is_sample) as is_sample,
        arg_min(item_name, newest_first) as item_name,
        arg_min(item_code, newest_first) as item_code,
        arg_min(indicator_id, newest_first) as indicator_id,
        arg_min(status, newest_first) as status,
        arg_min(note, newest_first) as note,
        arg_min(started_on, newest_first) as started_on,
        arg_min(due_on, newest_first) as due_on,
        arg_min(finished_on, newest_first) as finished_on
    from versions
    group by programme_id, reporter_id, item_kind, item_key, month_date

)

select * from merged
