{# A receipt that is not judged yet counts as returned: nothing unjudged enters a figure. #}
with

receipts as (

    select * from {{ ref('stg_submissions__receipts') }}

),

judgements as (

    select * from {{ ref('stg_submissions__judgements') }}

),

judged as (

    select
        receipts.*,
        case
            when judgements.is_repeated then 'repeated'
            when judgements.is_accepted then 'accepted'
            else 'returned'
        end as verdict,
        case when judgements.is_accepted then judgements.accepted_at end as accepted_at
    from receipts
    left join judgements
        on receipts.receipt_id = judgements.receipt_id

)

select * from judged
