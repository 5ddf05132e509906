{# Each figure that a later accepted version of a table changed: from one version that has the figure to the next that
   has it, so that a figure changed and changed back was changed twice. The size is |new − old| / |old| of the cumulative,
   of the month where no cumulative changed; a change from zero is counted and has no size. What the city signs instead
   of a figure is no change of the reporter's. #}
with

submissions as (

    select * from {{ ref('int_submissions_received') }}
    where verdict = 'accepted'
    -- Most tables have one version, in which nothing can have changed.
    qualify count(*) over (partition by programme_id, reporter_id, period) > 1

),

reported_values as (

    select * from {{ ref('stg_submissions__values') }}

),

versions as (

    select
        submissions.programme_id,
        submissions.reporter_id,
        submissions.period,
        reported_values.indicator_id,
        submissions.newest_first,
        any_value(submissions.received_at) as received_at,
        any_value(reported_values.month_value) as month_value,
        any_value(reported_values.cumulative_value) as cumulative_value
    from submissions
    inner join reported_values
        on submissions.table_id = reported_values.table_id
    where
        reported_values.indicator_id is not null
        and coalesce(reported_values.month_value, reported_values.cumulative_value) is not null
    group by
        submissions.programme_id,
        submissions.reporter_id,
        submissions.period,
        reported_values.indicator_id,
        submissions.newest_first

),

compared as (

    select
        *,
        lag(month_value) over oldest_first as earlier_month_value,
        lag(cumulative_value) over oldest_first as earlier_cumulative_value
    from versions
    window
        oldest_first as (
            partition by programme_id, reporter_id, period, indicator_id order by newest_first desc
        )

),

changed as (

    select
        *,
        if(cumulative_value != earlier_cumulative_value, 'cumulative_value', 'month_value') as column_name,
        case
            when cumulative_value != earlier_cumulative_value then cumulative_value
            else month_value
        end as new_value,
        case
            when cumulative_value != earlier_cumulative_value then earlier_cumulative_value
            else earlier_month_value
        end as old_value
    from compared
    where
        cumulative_value != earlier_cumulative_value
        or month_value != earlier_month_value

),

sized as (

    select
        programme_id,
        reporter_id,
        period,
        indicator_id,
        newest_first,
        received_at,
        column_name,
        old_value,
        new_value,
        {{ exact_ratio('abs(new_value - old_value)', 'abs(old_value)') }} as change_ratio
    from changed

)

select * from sized
