"""`task_progress`, recomputed: what each reporter that is asked, or told unasked, last said of a task."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date

from tests.oracle.periods import first_day, last_day, month_id, month_of
from tests.oracle.world import grouped, holds, is_registered

KEY = ("programme_id", "reporter_id", "task_id", "period")
COLLECTIVES = {"区": "district"}
WORSE_FIRST = ("lagging", "not_started", "moving", "ended", "finished")
TEXTS = ("progress", "problem", "next_step")


@dataclass(frozen=True)
class Said:
    """What one line of a table says of a task; a month's is merged of its versions."""

    status: str | None = None
    progress: str | None = None
    problem: str | None = None
    next_step: str | None = None
    is_sample: bool = False

    @property
    def texts(self):
        return self.progress, self.problem, self.next_step

    @property
    def is_blank(self):
        return self.status is None and self.texts == (None, None, None)


@dataclass(frozen=True)
class Known:
    """What is known of a task by a month; months are whole numbers."""

    status: str | None = None
    said_by: str | None = None
    since: int | None = None
    status_month: int | None = None
    texts: tuple = (None, None, None)
    texts_month: int | None = None
    is_sample: bool = False


def task_progress(world):
    """The mart's rows by key."""
    if "task_progress" not in world.memory:
        world.memory["task_progress"] = {
            (programme_id, reporter_id, task["task_id"], period.id): _row(
                world, programme_id, reporter_id, task, period, is_asked
            )
            for programme_id in world.programmes
            for period in world.periods(programme_id)
            for task in tasks_of(world, programme_id, period)
            for reporter_id, is_asked in involved(world, programme_id, task, period).items()
        }
    return world.memory["task_progress"]


def tasks_of(world, programme_id, period):
    """The tasks of the programme's document that hold on the period's last day, as far as they are registered."""
    rows = world.rows_of("tasks", document_id=world.programmes[programme_id]["document_id"])
    return [row for row in rows if holds(row, period.end) and is_registered(row, world.today)]


def involved(world, programme_id, task, period):
    """Who has a row, and whether it was asked: the asked, and members that told; nobody that is part of another."""
    found = dict.fromkeys(asked(world, programme_id, task, period.end), True)
    for reporter_id in world.roster(programme_id, period.end):
        if reporter_id not in found and course(world, programme_id, reporter_id, task["task_id"], period):
            found[reporter_id] = False
    return {id_: is_asked for id_, is_asked in found.items() if _heir(world, id_, period.end) == id_}


def asked(world, programme_id, task, day):
    """Those of the programme whom a task names; all tasks are of the only one whom a programme compares."""
    roster = world.roster(programme_id, day)
    kind = world.programmes[programme_id]["reporter_kind"]
    compared = [id_ for id_ in roster if roster[id_] and world.reporters[id_]["reporter_kind"] == kind]
    found = set(compared) if len(compared) == 1 else set()
    for unit in units_of(world, f"{task['lead_units']}、{task['responsible_units']}"):
        if unit["unit_id"] in world.reporters:
            found.add(_heir(world, unit["unit_id"], day))
        elif "各" in unit["unit_name"]:
            kind_meant = COLLECTIVES.get(unit["unit_kind"])
            found |= {id_ for id_ in roster if roster[id_] and world.reporters[id_]["reporter_kind"] == kind_meant}
    return found & set(roster)


def units_of(world, names):
    """The units that a list of names means, each once."""
    if "units by name" not in world.memory:
        units = {row["unit_id"]: row for row in world.rows("units")}
        aliases = {row["alias"]: units[row["unit_id"]] for row in world.rows("unit_aliases")}
        world.memory["units by name"] = aliases | {row["unit_name"]: row for row in units.values()}
    known = world.memory["units by name"]
    found = {known[name]["unit_id"]: known[name] for name in names.split("、") if name in known}
    return list(found.values())


def _heir(world, reporter_id, day):
    row = world.succession(reporter_id)
    is_over = row and row["effective_on"] <= day.isoformat()
    return _heir(world, row["successor_id"], day) if is_over else reporter_id


def said(world, programme_id):
    """By reporter and task the months in which anything was said: each cell of the newest version that has it."""
    key = "said", programme_id
    if key not in world.memory:
        document_id = world.programmes[programme_id]["document_id"]
        own = {row["task_id"] for row in world.rows_of("tasks", document_id=document_id)}
        found = defaultdict(lambda: defaultdict(Said))
        for (_, reporter_id, month), tables in world.tables.items():
            for table in tables:
                if not table.is_accepted(world.as_of):
                    continue
                for task_id, line in table.tasks:
                    if task_id in own and not line.is_blank:
                        months = found[reporter_id, task_id]
                        number = month_of(date.fromisoformat(f"{month}-01"))
                        months[number] = _merged(months[number], line, table.is_sample)
        world.memory[key] = {place: dict(months) for place, months in found.items()}
    return world.memory[key]


def _merged(newer, line, is_sample):
    cells = {
        name: getattr(line, name) if getattr(newer, name) is None else getattr(newer, name)
        for name in ("status", *TEXTS)
    }
    return Said(**cells, is_sample=newer.is_sample or is_sample)


def course(world, programme_id, reporter_id, task_id, period):
    """What a reporter has to say of a task by a period's last month, by month: its own word, and where it had none
    itself when another became part of it, the worst of what those had said."""
    known = said(world, programme_id)
    own = known.get((reporter_id, task_id), {})
    found = {month: [(line, reporter_id)] for month, line in own.items() if month <= period.last}
    for part, ended, joined in _parts(world, reporter_id, period.end):
        if not own or min(own) >= month_of(joined):
            for month, line in known.get((part, task_id), {}).items():
                if last_day(month) < ended and month not in own:
                    found.setdefault(month, []).append((line, part))
    return {month: min(lines, key=lambda line: _badness(world, *line)) for month, lines in sorted(found.items())}


def _parts(world, reporter_id, day):
    """All that became part of a reporter by a day, with the day it ended on, and the day from which it was part."""
    found = []
    for row in world.rows_of("reporter_successions", successor_id=reporter_id):
        on = date.fromisoformat(row["effective_on"])
        if on <= day:
            found.append((row["predecessor_id"], on, on))
            found += [
                (part, min(on, ended), max(on, joined))
                for part, ended, joined in _parts(world, row["predecessor_id"], day)
            ]
    return found


def _badness(world, line, said_by):
    row = listed(world, line.status)
    rank = WORSE_FIRST.index(row["counts_as"]) if row else len(WORSE_FIRST)
    return line.status is None, rank, said_by


def listed(world, status):
    """What the list of statuses says of a word; None where it is not in it."""
    return next(iter(world.rows_of("ledger_statuses", item_kind="task", status=status)), None)


def known_of(world, programme_id, reporter_id, task_id, period):
    """What is known by the end of a period; of one that has not begun nothing."""
    known = Known()
    if first_day(period.first) > world.today:
        return known
    for month, (line, said_by) in course(world, programme_id, reporter_id, task_id, period).items():
        known = replace(known, is_sample=known.is_sample or line.is_sample)
        if line.status is not None:
            since = known.since if line.status == known.status else month
            known = replace(known, status=line.status, said_by=said_by, since=since, status_month=month)
        if line.texts != (None, None, None):
            known = replace(known, texts=line.texts, texts_month=month)
    return known


def _row(world, programme_id, reporter_id, task, period, is_asked):
    known = known_of(world, programme_id, reporter_id, task["task_id"], period)
    row = listed(world, known.status) if known.status else None
    if known.status:
        state = row["counts_as"] if row else "unlisted"
    else:
        state = "not_reported" if period.end < world.today else "not_due"
    return {
        "cadence": period.cadence,
        "document_id": task["document_id"],
        "clause": task["clause"],
        "task": task["task"],
        "due": task["due"] or None,
        "is_asked": is_asked,
        "task_state": state,
        "status": known.status,
        "status_position": row and int(row["position"]),
        "is_final": row and row["is_final"] == "true",
        "said_by": known.said_by,
        "status_since": known.since and month_id(known.since),
        "reported_in": known.status_month and month_id(known.status_month),
        "is_reported_in_period": known.status_month is not None and known.status_month >= period.first,
        "days_without_movement": (period.end - last_day(known.since)).days if known.since else None,
        **dict(zip(TEXTS, known.texts, strict=True)),
        "texts_reported_in": known.texts_month and month_id(known.texts_month),
        "is_sample": known.is_sample,
    }


def by_task(world):
    """The mart's rows of all who report on a task, by programme, task and period."""
    if "by task" not in world.memory:
        world.memory["by task"] = grouped(
            [dict(zip(KEY, place, strict=True)) | row for place, row in task_progress(world).items()],
            "programme_id",
            "task_id",
            "period",
        )
    return world.memory["by task"]


def standing(world, programme_id, task, period):
    """How a task stands over all who report on it: the worse word first, finished only when all say so."""
    rows = by_task(world).get((programme_id, task["task_id"], period.id), [])
    states = [row["task_state"] for row in rows]
    told = [state for state in states if state not in ("not_reported", "not_due", "unlisted")]
    if "lagging" in told:
        return "lagging"
    if not told:
        return "unreported" if period.end < world.today else "not_due"
    if all(state == "finished" for state in states):
        return "finished"
    if all(state in ("finished", "ended") for state in states):
        return "ended"
    return "not_started" if all(state == "not_started" for state in told) else "moving"
