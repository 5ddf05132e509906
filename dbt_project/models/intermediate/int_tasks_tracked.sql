{# A task's course as one reporter tells it: after each month in which anything was said, the status then known, since
   when and when it was last said, and the texts of the newest month that has any. A reporter that became part of another
   leaves it the course of each task on which the other had said nothing itself, from that month on; of several such
   courses the worse word of a month is taken over. #}
with

reported as (

    select * from {{ ref('int_tasks_reported') }}

),

lineages as (

    select * from {{ ref('int_reporter_lineages') }}

),

statuses as (

    select * from {{ ref('ledger_statuses') }}
    where item_kind = 'task'

),

-- What a reporter is made of changes with each merger: between two of them it has one course.
joined as (

    select
        *,
        min(held_from) over (partition by reporter_id, part_id) as joined_on
    from lineages

),

handed_on as (

    select
        reported.programme_id,
        joined.reporter_id,
        reported.task_id,
        reported.month_date,
        joined.held_from,
        {{ month_from_which_held('joined.held_from', 'reported.month_date') }} as visible_from,
        {{ month_from_which_held('joined.joined_on', 'reported.month_date') }} as handed_on_in,
        joined.part_id as said_by,
        joined.part_id = joined.reporter_id as is_own,
        reported.is_sample,
        reported.status,
        statuses.counts_as,
        statuses.position as status_position,
        statuses.is_final,
        reported.progress,
        reported.problem,
        reported.next_step,
        coalesce(reported.progress, reported.problem, reported.next_step) is not null as has_texts
    from reported
    inner join joined
        on
            reported.reporter_id = joined.part_id
            and last_day(reported.month_date) < least(joined.effective_on, joined.held_until)
    left join statuses
        on reported.status = statuses.status

),

entitled as (

    select *
    from handed_on
    qualify
        is_own
        or coalesce(
            min(case when is_own then month_date end) over (partition by programme_id, reporter_id, task_id)
            >= handed_on_in,
            true
        )

),

chosen as (

    select *
    from entitled
    qualify row_number() over (
        partition by programme_id, reporter_id, task_id, held_from, month_date
        order by
            is_own desc,
            status is null asc,
            list_position(['lagging', 'not_started', 'moving', 'ended', 'finished'], counts_as) asc nulls last,
            said_by asc
    ) = 1

),

numbered as (

    select
        *,
        last_value(status ignore nulls) over (
            partition by programme_id, reporter_id, task_id, held_from
            order by month_date
            rows between unbounded preceding and 1 preceding
        ) as earlier_status,
        count(status) over course as status_number,
        count_if(has_texts) over course as texts_number
    from chosen
    window course as (partition by programme_id, reporter_id, task_id, held_from order by month_date)

),

carried as (

    select
        programme_id,
        reporter_id,
        task_id,
        month_date,
        held_from,
        visible_from,
        -- A month without a status leaves the one before as last known.
        first_value(status) over same_status as status,
        first_value(counts_as) over same_status as counts_as,
        first_value(status_position) over same_status as status_position,
        first_value(is_final) over same_status as is_final,
        case when status_number > 0 then first_value(said_by) over same_status end as said_by,
        max(case when status is not null then month_date end) over course as status_month,
        max(case when status is distinct from earlier_status and status is not null then month_date end)
            over course as since_month,
        -- The texts stand together: a problem that the newest of them leaves out is one no longer.
        first_value(progress) over same_texts as progress,
        first_value(problem) over same_texts as problem,
        first_value(next_step) over same_texts as next_step,
        max(case when has_texts then month_date end) over course as texts_month,
        bool_or(is_sample) over course as is_sample
    from numbered
    window
        course as (partition by programme_id, reporter_id, task_id, held_from order by month_date),
        same_status as (partition by programme_id, reporter_id, task_id, held_from, status_number order by month_date),
        same_texts as (partition by programme_id, reporter_id, task_id, held_from, texts_number order by month_date)

),

newest_visible as (

    select *
    from carried
    qualify row_number() over (
        partition by programme_id, reporter_id, task_id, visible_from order by month_date desc, held_from desc
    ) = 1

)

select * exclude (held_from) from newest_visible
