"""`clause_ledger` and `unit_progress`, recomputed: how the targets and tasks of a clause, or of a unit, stand."""

from collections import Counter, defaultdict

from tests.oracle import city, tasks
from tests.oracle.periods import named_period
from tests.oracle.progress import measured
from tests.oracle.targets import CEILING, CITY, is_measured, known_rows, targets_of
from tests.oracle.world import is_registered

CLAUSE_KEY = ("programme_id", "document_id", "clause", "period")
UNIT_KEY = ("programme_id", "unit_id", "role", "period")
COUNTED_UP = ("increment", "cumulative", "milestone")
TARGETS = ("finished", "on_pace", "lagging", "no_pace", "not_scored", "unreported", "not_due")
TASKS = ("finished", "moving", "not_started", "lagging", "ended", "unreported", "not_due")


def clause_ledger(world):
    """The mart's rows by key."""
    found = {}
    for programme_id, programme in world.programmes.items():
        document_id = programme["document_id"]
        for clause in world.rows_of("clauses", document_id=document_id):
            has_goals = _has_goals(world, programme_id, document_id, clause["clause"])
            for period in world.periods(programme_id):
                row = _clause(world, programme_id, clause["clause"], period)
                state = _state(row) if has_goals else "nothing_to_report"
                found[programme_id, document_id, clause["clause"], period.id] = {
                    "cadence": period.cadence,
                    "state": state,
                    **row,
                }
    return found


def _has_goals(world, programme_id, document_id, clause):
    rows = [row for rows in known_rows(world, programme_id).values() for row in rows]
    rows += [row for row in world.rows_of("tasks", document_id=document_id) if is_registered(row, world.today)]
    return any(row["clause"] == clause for row in rows)


def _clause(world, programme_id, clause, period):
    own_targets = [row for row in goals_of(world, programme_id, period) if row["clause"] == clause]
    targets = Counter(target_standing(world, programme_id, row, period) for row in own_targets)
    own_tasks = [row for row in tasks.tasks_of(world, programme_id, period) if row["clause"] == clause]
    told = Counter(tasks.standing(world, programme_id, row, period) for row in own_tasks)
    unassigned = [row for row in own_tasks if not tasks.involved(world, programme_id, row, period)]
    return {
        "target_count": len(own_targets),
        "target_finished_count": targets["finished"],
        "target_on_pace_count": targets["on_pace"],
        "target_lagging_count": targets["lagging"],
        "target_no_pace_count": targets["no_pace"] + targets["not_scored"],
        "target_unreported_count": targets["unreported"],
        "target_not_due_count": targets["not_due"],
        "task_count": len(own_tasks),
        "task_finished_count": told["finished"],
        "task_moving_count": told["moving"] + told["not_started"] + told["ended"],
        "task_lagging_count": told["lagging"],
        "task_unreported_count": told["unreported"],
        "task_not_due_count": told["not_due"],
        "task_unassigned_count": len(unassigned),
    }


def _state(row):
    """In the order that the column's description gives."""

    def both(state):
        return row[f"target_{state}_count"] + row[f"task_{state}_count"]

    whole = row["target_count"] + row["task_count"]
    if both("lagging"):
        return "lagging"
    if both("not_due") == whole:
        return "not_due"
    if both("unreported") + both("not_due") == whole:
        return "unreported"
    return "finished" if both("finished") == whole else "progressing"


def goals_of(world, programme_id, period):
    """The targets of a period without the second of two tiers."""
    return [row for row in targets_of(world, programme_id, period) if not row["stretches_target_id"]]


def target_standing(world, programme_id, row, period):
    """How a document's target stands: by whether it is met, and while its date is not there by its pace."""
    key = "standing", row["target_id"], period.id
    if key not in world.memory:
        world.memory[key] = _target_standing(world, programme_id, row, period)
    return world.memory[key]


def _target_standing(world, programme_id, row, period):
    if "city_progress" not in world.memory:
        world.memory["city_progress"] = city.city_progress(world)
    judged = world.memory["city_progress"][row["target_id"], period.id]
    if judged["value_state"] in ("not_due", "not_submitted"):
        return {"not_due": "not_due", "not_submitted": "unreported"}[judged["value_state"]]
    is_at_date = named_period(row["period"]).last == period.last
    counts_up = world.indicators[row["indicator_id"]]["kind"] in COUNTED_UP and row["comparator"] != CEILING
    if judged["is_met"] and (is_at_date or counts_up):
        return "finished"
    if judged["target_state"] == "not_scored":
        return "not_scored"
    if is_at_date and judged["is_met"] is False:
        return "lagging"
    gap = _gap(world, programme_id, row, period)
    if judged["is_met"] or (gap is not None and gap >= 0):
        return "on_pace"
    return "no_pace" if gap is None else "lagging"


def _gap(world, programme_id, row, period):
    """How far from its pace: the city's own, or of a group the one furthest behind; a repeated goal by the other's."""
    if "gaps" not in world.memory:
        gaps = defaultdict(list)
        for one in measured(world):
            if one.owed and one.gap is not None:
                gaps[one.programme_id, one.owed.target_id, one.period.id, one.is_city].append(one.gap)
        world.memory["gaps"] = gaps
    for target_id in (row["target_id"], row["restates_target_id"]):
        gaps = world.memory["gaps"].get((programme_id, target_id, period.id, row["scope"] == CITY))
        if gaps:
            return min(gaps)
    return None


def unit_progress(world):
    """The mart's rows by key: each goal once for each unit and role that the document names beside it."""
    goals = defaultdict(dict)
    for programme_id in world.programmes:
        for period in world.periods(programme_id):
            # What is measured itself comes before what repeats it.
            rows = sorted(goals_of(world, programme_id, period), key=lambda row: not is_measured(world, row))
            for row in rows:
                goal_id = row["target_id"] if is_measured(world, row) else row["restates_target_id"]
                stands = target_standing(world, programme_id, row, period)
                for place in _named(world, row):
                    goals[programme_id, *place, period].setdefault(("target", goal_id), stands)
            for row in tasks.tasks_of(world, programme_id, period):
                for unit_id, role in _named(world, row):
                    stands = _own_word(world, programme_id, row, period, unit_id)
                    goals[programme_id, unit_id, role, period].setdefault(("task", row["task_id"]), stands)
    units = {row["unit_id"]: row for row in world.rows("units")}
    return {
        (programme_id, unit_id, role, period.id): {
            "unit_name": units[unit_id]["unit_name"],
            "unit_kind": units[unit_id]["unit_kind"],
            "cadence": period.cadence,
            **_counts("target", TARGETS, own),
            **_counts("task", TASKS, own),
        }
        for (programme_id, unit_id, role, period), own in goals.items()
    }


def _named(world, row):
    """The units beside a goal, each once in each role."""
    for role, column in (("lead", "lead_units"), ("responsible", "responsible_units")):
        for unit in tasks.units_of(world, row.get(column, "")):
            yield unit["unit_id"], role


def _own_word(world, programme_id, task, period, unit_id):
    """Who reports on a task itself stands by its own word, everybody else by the worse one of all."""
    own = tasks.task_progress(world).get((programme_id, unit_id, task["task_id"], period.id))
    if own is None:
        return tasks.standing(world, programme_id, task, period)
    return "unreported" if own["task_state"] in ("not_reported", "unlisted") else own["task_state"]


def _counts(kind, states, own):
    counted = Counter(stands for (goal_kind, _), stands in own.items() if goal_kind == kind)
    return {f"{kind}_count": counted.total()} | {f"{kind}_{state}_count": counted[state] for state in states}
