{# A listed item's course: after each month that lists it, what is then known of it, and since when it has its status. A
   reporter that became part of another leaves it each item that the other had not listed itself, from that month on. #}
with

reported as (

    select * from {{ ref('int_items_reported') }}

),

lineages as (

    select * from {{ ref('int_reporter_lineages') }}

),

statuses as (

    select * from {{ ref('ledger_statuses') }}

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
        reported.item_kind,
        reported.item_key,
        reported.month_date,
        reported.is_sample,
        reported.item_name,
        reported.item_code,
        reported.indicator_id,
        reported.status,
        reported.note,
        reported.started_on,
        reported.due_on,
        reported.finished_on,
        joined.held_from,
        {{ month_from_which_held('joined.held_from', 'reported.month_date') }} as visible_from,
        {{ month_from_which_held('joined.joined_on', 'reported.month_date') }} as handed_on_in,
        joined.part_id,
        joined.part_id = joined.reporter_id as is_own,
        statuses.counts_as,
        statuses.position as status_position,
        statuses.is_final
    from reported
    inner join joined
        on
            reported.reporter_id = joined.part_id
            and last_day(reported.month_date) < least(joined.effective_on, joined.held_until)
    left join statuses
        on
            reported.item_kind = statuses.item_kind
            and reported.status = statuses.status

),

entitled as (

    select *
    from handed_on
    qualify
        is_own
        or coalesce(
            min(case when is_own then month_date end) over (
                partition by programme_id, reporter_id, item_kind, item_key
            ) >= handed_on_in,
            true
        )

),

chosen as (

    select *
    from entitled
    qualify row_number() over (
        partition by programme_id, reporter_id, item_kind, item_key, held_from, month_date
        order by is_own desc, status is null asc, status_position asc, part_id asc
    ) = 1

),

numbered as (

    select
        *,
        last_value(status ignore nulls) over (
            partition by programme_id, reporter_id, item_kind, item_key, held_from
            order by month_date
            rows between unbounded preceding and 1 preceding
        ) as earlier_status,
        count(status) over (
            partition by programme_id, reporter_id, item_kind, item_key, held_from order by month_date
        ) as status_number
    from chosen

),

carried as (

    select
        programme_id,
        reporter_id,
        item_kind,
        item_key,
        month_date,
        held_from,
        visible_from,
        last_value(item_name ignore nulls) over course as item_name,
        last_value(item_code ignore nulls) over course as item_code,
        last_value(indicator_id ignore nulls) over course as indicator_id,
        -- A month without a status leaves the one before as last known.
        first_value(status) over same_status as status,
        first_value(counts_as) over same_status as counts_as,
        first_value(status_position) over same_status as status_position,
        first_value(is_final) over same_status as is_final,
        max(case when status is not null then month_date end) over course as status_month,
        max(case when status is distinct from earlier_status and status is not null then month_date end)
            over course as since_month,
        note,
        last_value(started_on ignore nulls) over course as started_on,
        last_value(due_on ignore nulls) over course as due_on,
        -- An item that is taken up again is not finished: its earlier date went with the status it belonged to.
        case
            when first_value(is_final) over same_status then last_value(finished_on ignore nulls) over course
            else last_value(finished_on ignore nulls) over same_status
        end as finished_on,
        bool_or(is_sample) over course as is_sample
    from numbered
    window
        course as (partition by programme_id, reporter_id, item_kind, item_key, held_from order by month_date),
        same_status as (
            partition by programme_id, reporter_id, item_kind, item_key, held_from, status_number order by month_date
        )

),

newest_visible as (

    select *
    from carried
    qualify row_number() over (
        partition by programme_id, reporter_id, item_kind, item_key, visible_from
        order by month_date desc, held_from desc
    ) = 1

)

select * exclude (held_from) from newest_visible
