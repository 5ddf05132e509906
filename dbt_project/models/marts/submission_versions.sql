with

submissions as (

    select * from {{ ref('int_submissions_received') }}

),

numbered as (

    select
        programme_id,
        reporter_id,
        period,
        receipt_id,
        verdict,
        -- The newest of a verdict has number 1 in the submissions; people count versions from the oldest.
        case
            when verdict = 'accepted'
                then (
                    count(*) over (partition by programme_id, reporter_id, period, verdict) - newest_first + 1
                )::integer
        end as version_number,
        is_counted,
        received_at,
        is_sample
    from submissions

)

select * from numbered
