with

source as (

    select * from {{ source('raw', 'judgements') }}

),

as_known as (

    select
        source.receipt_id,
        source.verdict = 'repeated' as is_repeated,
        -- Acceptance may come later than the receipt: before that time the submission is seen as returned.
        coalesce(source.accepted_at <= {{ as_of_at() }}, false) as is_accepted,
        source.accepted_at
    from source

)

select * from as_known
