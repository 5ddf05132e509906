-- Every unit of a task must be one of the registry's units, by name or alias: an unknown one would drop out of
-- each list by unit without a trace.
with

named as (

    select
        task_id,
        unnest(string_split(concat_ws('、', lead_units, responsible_units), '、')) as unit_name
    from {{ ref('tasks') }}

),

known as (

    select unit_name
    from {{ ref('units') }}
    union all
    select alias as unit_name
    from {{ ref('unit_aliases') }}

)

select
    named.task_id,
    named.unit_name
from named
left join known
    on named.unit_name = known.unit_name
where
    named.unit_name != ''
    and known.unit_name is null
