-- Every target and task of a unit or clause stands in exactly one state: a state that no column counts would make goals
-- vanish between the total and its parts.
select
    unit_id as counted_id,
    period
from {{ ref('unit_progress') }}
where
    target_count != target_finished_count + target_on_pace_count + target_lagging_count + target_no_pace_count
    + target_not_scored_count + target_unreported_count + target_not_due_count
    or task_count != task_finished_count + task_moving_count + task_not_started_count + task_lagging_count
    + task_ended_count + task_unreported_count + task_not_due_count
union all
select
    clause as counted_id,
    period
from {{ ref('clause_ledger') }}
where
    target_count != target_finished_count + target_on_pace_count + target_lagging_count + target_no_pace_count
    + target_unreported_count + target_not_due_count
    or task_count != task_finished_count + task_moving_count + task_lagging_count + task_unreported_count
    + task_not_due_count
