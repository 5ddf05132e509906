with

runs as (

    select * from {{ source('raw', 'runs') }}

),

recorded as (

    select
        runs.registry_sha256,
        runs.fingerprint,
        runs.as_of_at,
        runs.effective_as_of_at
    from runs

)

select * from recorded
