-- Every unit of a target or task must be one of the registry's units, by name or alias: an unknown one would drop out
-- of each list by unit without a trace. A small registry that lists no units does without.
with

goals as (

    select
        target_id as goal_id,
        concat_ws('、', lead_units, responsible_units) as unit_names
    from {{ ref('targets') }}
    union all
    select
        task_id as goal_id,
        concat_ws('、', lead_units, responsible_units) as unit_names
    from {{ ref('tasks') }}

),

named as (

    select
        goal_id,
        unnest(string_split(unit_names, '、')) as unit_name
    from goals

),

known as (

    select unit_name
    from {{ ref('units') }}
    union all
    select alias as unit_name
    from {{ ref('unit_aliases') }}

)

select
    named.goal_id,
    named.unit_name
from named
left join known
    on named.unit_name = known.unit_name
where
    named.unit_name != ''
    and known.unit_name is null
    and (select count(*) from {{ ref('units') }}) > 0
