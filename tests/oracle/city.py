"""`city_progress`, recomputed: each document target in each period that it holds in, met or not."""

from tests.oracle.progress import measured
from tests.oracle.targets import GROUP, base_of, completion, is_met, is_multiple, multiplied, targets_of
from tests.oracle.world import number

KEY = ("target_id", "period")


def city_progress(world):
    """The mart's rows by key."""
    rows = {row.key: row for row in measured(world)}
    found = {}
    for programme_id, programme in world.programmes.items():
        for period in world.periods(programme_id):
            for target in targets_of(world, programme_id, period):
                cell = _pooled if target["scope"] == "city" else _each
                found[target["target_id"], period.id] = {
                    "programme_id": programme_id,
                    "indicator_id": target["indicator_id"],
                    "scope": target["scope"],
                    "comparator": target["comparator"] or None,
                    "target_value": number(target["value_low"]),
                    "value_high": number(target["value_high"]),
                    "cadence": period.cadence,
                    **cell(world, programme, target, period, rows),
                }
    return found


def _needed(world, target, reporter_id):
    """The figure that one reporter has to reach, and the state of the target for it."""
    state = "set" if target["is_scored"] == "true" else "not_scored"
    if not target["comparator"]:
        return None, "text"
    figure = number(target["value_low"])
    if is_multiple(world, target):
        base = base_of(world, target["target_id"], reporter_id)
        return (None, "base_missing") if base is None else (multiplied(figure, base), state)
    return figure, state


def _pooled(world, programme, target, period, rows):
    """What the reports add up to against the document's own figure."""
    city = programme["city_reporter_id"]
    row = rows[programme["programme_id"], city, target["indicator_id"], period.id]
    needed, state = _needed(world, target, city)
    return {
        "actual_value": row.value,
        "completion_ratio": completion(row.value, needed, target["comparator"]),
        "is_met": is_met(row.value, needed, target["comparator"]),
        "met_count": None,
        "area_count": None,
        "reported_count": row.at_end.reported_count,
        "expected_count": row.at_end.expected_count,
        "value_state": row.value_state,
        "target_state": state,
    }


def _each(world, programme, target, period, rows):
    """How many of a group's members meet what each of them owes; the whole is met when all do."""
    group_id = target["scope"].removeprefix(GROUP)
    programme_id = programme["programme_id"]
    members = [id_ for id_, groups in world.roster(programme_id, period.end).items() if group_id in groups]
    if not members:
        return _of_nobody(target)
    owed = {id_: _needed(world, target, id_) for id_ in members}
    own = {id_: rows.get((programme_id, id_, target["indicator_id"], period.id)) for id_ in members}
    values = {id_: row.value if row else None for id_, row in own.items()}
    met = [id_ for id_ in members if is_met(values[id_], owed[id_][0], target["comparator"])]
    states = {state for _, state in owed.values()}
    state = "base_missing" if "base_missing" in states else states.pop()
    reported = sum(value is not None for value in values.values())
    return {
        "actual_value": None,
        "completion_ratio": None,
        "is_met": None if state in ("base_missing", "text") else len(met) == len(members),
        "met_count": len(met),
        "area_count": len(members),
        "reported_count": reported,
        "expected_count": len(members),
        "value_state": "reported" if reported else min(row.value_state for row in own.values() if row),
        "target_state": state,
    }


def _of_nobody(target):
    """In a period in which its group has no member there is nobody to meet a target."""
    is_scored = "set" if target["is_scored"] == "true" else "not_scored"
    nothing = dict.fromkeys(("actual_value", "completion_ratio", "is_met"))
    counts = dict.fromkeys(("met_count", "area_count", "reported_count", "expected_count"), 0)
    state = is_scored if target["comparator"] else "text"
    return nothing | counts | {"value_state": "not_due", "target_state": state}
