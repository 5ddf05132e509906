"""Which target holds in a period, and what a reporter owes by it."""

from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.arithmetic import VALUE_DECIMALS, half_up, ratio
from tests.oracle.periods import named_period
from tests.oracle.world import grouped, holds, is_registered, number

CITY, GROUP = "city", "each:"
CEILING, OVER = "<=", ">"


@dataclass(frozen=True)
class Owed:
    """What one reporter owes; `value` is None where it is a text or multiplies a base that nobody registered."""

    target_id: str
    comparator: str
    value: Fraction | None
    state: str
    due: int
    is_illustrative: bool = False


def known_rows(world, programme_id):
    """The rows of the programme's document that were registered by the as-of day, by target."""
    key = "targets", programme_id
    if key not in world.memory:
        document_id = world.programmes[programme_id]["document_id"]
        rows = world.rows_of("targets", document_id=document_id)
        known = (row for row in rows if is_registered(row, world.today))
        world.memory[key] = grouped(sorted(known, key=lambda row: row["valid_from"]), "target_id")
    return world.memory[key]


def row_in_force(rows, day):
    """The row that holds on a day; before the first row holds, the first; once the last has ended, none."""
    first = rows[0]
    return next((row for row in rows if holds(row, day)), first if day.isoformat() < first["valid_from"] else None)


def covers(world, programme_id, row, period):
    """Whether a target's period counts this one: it lies in it, or before it on the way to a goal of a later time.

    What is counted afresh each year is on no such way, nor is what has a goal of its own for each of several periods.
    """
    if not row["period"]:
        return False
    goal = named_period(row["period"])
    if goal.first <= period.first and period.last <= goal.last:
        return True
    same = ("indicator_id", "scope")
    goals = {
        other["period"]
        for rows in known_rows(world, programme_id).values()
        for other in rows
        if all(other[column] == row[column] for column in same)
    }
    is_stock = world.indicators[row["indicator_id"]]["kind"] != "increment"
    return is_stock and len(goals) == 1 and period.last < goal.first


def targets_of(world, programme_id, period):
    """The rows of all targets that hold in a period."""
    key = "held", programme_id, period.id
    if key not in world.memory:
        found = (row_in_force(rows, period.end) for rows in known_rows(world, programme_id).values())
        world.memory[key] = [row for row in found if row and covers(world, programme_id, row, period)]
    return world.memory[key]


def is_measured(world, row):
    """The second of two tiers, and what only repeats a goal of its own document, are shown but not measured."""
    same = {"target_id": row["restates_target_id"], "document_id": row["document_id"]}
    return not row["stretches_target_id"] and not world.rows_of("targets", **same)


def is_multiple(world, row):
    """翻一番: the figure multiplies a base."""
    return row["unit"] != world.indicators[row["indicator_id"]]["unit"]


def base_of(world, target_id, reporter_id):
    rows = world.rows_of("target_bases", target_id=target_id, reporter_id=reporter_id)
    return number(rows[0]["base_value"]) if rows else None


def multiplied(figure, base):
    return half_up(figure * base, VALUE_DECIMALS)


def split_of(world, row, reporter_id, day):
    """A reporter's own part of a city target; one that restates another shares its parts."""
    shared = row["restates_target_id"] or row["target_id"]
    splits = world.rows_of("target_splits", target_id=shared, reporter_id=reporter_id)
    known = (split for split in splits if is_registered(split, world.today))
    return next((split for split in known if holds(split, day)), None)


def owed_by(world, programme_id, row, reporter_id, day):
    """What a reporter owes by a target; None where the target asks nothing of it."""
    split = None
    if row["scope"] == CITY:
        is_city = world.reporters[reporter_id]["reporter_kind"] == "city"
        split = split_of(world, row, reporter_id, day)
        if not is_city and not split:
            return None
        figure = number(row["value_low"] if is_city else split["value"])
    elif row["scope"].removeprefix(GROUP) in world.groups_on(programme_id, reporter_id, day):
        figure = number(row["value_low"])
    else:
        return None
    state = "set" if row["is_scored"] == "true" else "not_scored"
    if not row["comparator"]:
        figure, state = None, "text"
    elif is_multiple(world, row):
        base = base_of(world, row["target_id"], reporter_id)
        figure, state = (None, "base_missing") if base is None else (multiplied(figure, base), state)
    illustrative = bool(split) and split["is_illustrative"] == "true"
    due = named_period(row["period"]).last
    return Owed(row["target_id"], row["comparator"], figure, state, due, illustrative)


def owed(world, programme_id, reporter_id, indicator_id, period):
    """The one thing that a reporter owes of an indicator in a period, if any."""
    found = [
        owed_by(world, programme_id, row, reporter_id, period.end)
        for row in targets_of(world, programme_id, period)
        if row["indicator_id"] == indicator_id and is_measured(world, row)
    ]
    found = [one for one in found if one]
    assert len(found) < 2, f"{reporter_id} owes {indicator_id} twice in {period.id}: {found}"
    return found[0] if found else None


def completion(value, target, comparator):
    """What part of a target is reached: 1 at the target, and more the better, by the distance as a part of its size.

    So above zero it is value / target, and of a ceiling 2 - value / target. Of zero there is no part.
    """
    if value is None or not target:
        return None
    better = target - value if comparator == CEILING else value - target
    return ratio(abs(target) + better, abs(target))


def is_met(value, target, comparator):
    """By the target's own word; a range is met from its lower end."""
    if value is None or target is None:
        return None
    if comparator == OVER:
        return value > target
    return value <= target if comparator == CEILING else value >= target
