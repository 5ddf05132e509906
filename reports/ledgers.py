"""Lays out the ledgers: clauses, responsible units, tasks, listed items, and what was told of the work itself."""

from collections import Counter
from typing import Any

from reports import figures
from reports.catalogue import CLAUSE_STATES, ITEM_KINDS, TASK_STATES, UNIT_ROLES
from reports.figures import Cell
from reports.read import ResultSet
from reports.tables import Column, Table, TableRow

_STANDINGS = (
    ("finished", "已完成"), ("on_pace", "达到序时"), ("lagging", "滞后"), ("no_pace", "无序时进度"),
    ("not_scored", "不计分"), ("unreported", "未报送"), ("not_due", "未到期"),
)  # fmt: skip
_TASK_COUNTS = (
    ("finished", "已完成"), ("moving", "推进中"), ("not_started", "未启动"), ("lagging", "滞后"), ("ended", "终止"),
    ("unreported", "未报送"), ("not_due", "未到期"),
)  # fmt: skip
_LATE = {"lagging": "late", "unreported": "absent", "not_reported": "absent"}


def clauses_table(result: ResultSet) -> Table:
    """One row a clause that asks for something, in the registry's order of its clauses."""
    columns = (
        Column("clause", "条款", 12, "left"),
        Column("state", "落实情况", 10, "center"),
        *_count_columns("target", "目标", _STANDINGS),
        *_count_columns("task", "任务", _TASK_COUNTS),
        Column("task_unassigned_count", "无填报单位的任务", 10),
    )
    rows = [row for row in result.rows("clause_ledger") if row["state"] != "nothing_to_report"]
    laid = tuple(
        TableRow(
            {
                "clause": figures.text(row["clause"]),
                "state": figures.text(CLAUSE_STATES.get(row["state"], row["state"]), _LATE.get(row["state"], "")),
            }
            | _counts(row, columns[2:])
        )
        for row in rows
    )
    states = Counter(row["state"] for row in rows)
    remark = "，".join(f"{word} {states[state]} 条" for state, word in CLAUSE_STATES.items() if states[state])
    return Table("clause-ledger", "", columns, laid, remark).without_empty({column.key for column in columns[2:]})


def units_table(result: ResultSet) -> Table:
    """One row a unit and role: how its targets and tasks stand, the one with most lagging first."""
    columns = (
        Column("unit", "单位", 26, "left"),
        Column("role", "角色", 10, "center"),
        *_count_columns("target", "目标", _STANDINGS),
        *_count_columns("task", "任务", _TASK_COUNTS),
    )
    rows = sorted(
        result.rows("unit_progress"),
        key=lambda row: (
            -(row["target_lagging_count"] or 0) - (row["task_lagging_count"] or 0), row["unit_name"], row["unit_id"],
            row["role"],
        ),
    )  # fmt: skip
    laid = tuple(
        TableRow(
            {
                "unit": figures.text(row["unit_name"]),
                "role": figures.text(UNIT_ROLES.get(row["role"], row["role"])),
            }
            | _counts(row, columns[2:])
        )
        for row in rows
    )
    return Table("unit-progress", "", columns, laid).without_empty({column.key for column in columns[2:]})


def tasks_table(result: ResultSet) -> Table:
    """One row a task: how many reporters stand where with it, and which lag."""
    columns = (
        Column("clause", "条款", 12, "left"),
        Column("task", "任务", 50, "left"),
        Column("due", "时限", 12, "left"),
        *(Column(state, word, 9) for state, word in TASK_STATES.items()),
        Column("lagging_names", "滞后单位", 26, "left"),
    )
    tasks: dict[str, list[dict[str, Any]]] = {}
    for row in result.rows("task_progress"):
        tasks.setdefault(row["task_id"], []).append(row)
    rows = tuple(TableRow(_task_cells(result, rows)) for rows in tasks.values())
    return Table("tasks", "", columns, rows).without_empty({*TASK_STATES, "due", "lagging_names"})


def items_table(result: ResultSet) -> Table:
    """One row a listed item: those that lag first, then by how long nothing moved."""
    columns = (
        Column("kind", "种类", 7, "center"),
        Column("item", "名称", 30, "left"),
        Column("reporter", "填报单位", 22, "left"),
        Column("indicator", "对应指标", 26, "left"),
        Column("status", "状态", 12, "center"),
        Column("since", "自", 9, "center"),
        Column("days", "无变化天数", 10, is_sortable=True),
        Column("due", "计划完成", 12, "center"),
        Column("note", "说明", 30, "left"),
    )
    rows = sorted(
        result.rows("ledger_items"),
        key=lambda row: (
            row["counts_as"] != "lagging", bool(row["is_final"]), -(row["days_without_movement"] or 0),
            row["item_kind"], row["reporter_id"], row["item_key"],
        ),
    )  # fmt: skip
    return Table("items", "", columns, tuple(TableRow(_item_cells(result, row)) for row in rows)).without_empty(
        {"indicator", "due", "note"}
    )


def practice_table(result: ResultSet) -> Table:
    """What reporters told of their work in the period itself: newly finished tasks first, then those with a problem."""
    columns = (
        Column("reporter", "填报单位", 20, "left"),
        Column("clause", "条款", 10, "left"),
        Column("task", "任务", 34, "left"),
        Column("state", "状态", 9, "center"),
        Column("progress", "进展和做法", 40, "left"),
        Column("problem", "存在问题", 34, "left"),
        Column("next_step", "下一步打算", 34, "left"),
    )
    first, last = (f"{result.row('period')[key]:%Y-%m}" for key in ("first_month", "last_month"))
    told = [row for row in result.rows("task_progress") if row["is_reported_in_period"] and _is_told(row)]
    # What was finished just now says what worked; after it what is stuck.
    told.sort(
        key=lambda row: (
            not (row["task_state"] == "finished" and first <= (row["status_since"] or "") <= last),
            not row["problem"],
            result.reporters[row["reporter_id"]]["display_order"],
            row["task_id"],
        )
    )
    rows = tuple(TableRow(task_texts(result, row)) for row in told)
    return Table("practice", "", columns, rows).without_empty({"progress", "problem", "next_step"})


def task_texts(result: ResultSet, row: dict[str, Any]) -> dict[str, Cell]:
    """One reporter's words on a task."""
    return {
        "reporter": figures.text(result.reporters[row["reporter_id"]]["reporter_name"]),
        "clause": figures.text(row["clause"]),
        "task": figures.text(row["task"]),
        "state": figures.text(TASK_STATES.get(row["task_state"], row["status"]), _LATE.get(row["task_state"], "")),
        "since": figures.text(row["status_since"]),
        "days": figures.number(row["days_without_movement"]),
        "progress": figures.text(row["progress"]),
        "problem": figures.text(row["problem"]),
        "next_step": figures.text(row["next_step"]),
    }


def _is_told(row: dict[str, Any]) -> bool:
    return bool(row["progress"] or row["problem"] or row["next_step"])


def _count_columns(prefix: str, word: str, standings: tuple[tuple[str, str], ...]) -> list[Column]:
    total = Column(f"{prefix}_count", f"{word}数", 8)
    return [total, *(Column(f"{prefix}_{name}_count", f"{word}{label}", 9) for name, label in standings)]


def _counts(row: dict[str, Any], columns: tuple[Column, ...]) -> dict[str, Cell]:
    """Counts of one row; none prints as an empty cell, so that what there is stands out."""
    return {column.key: figures.number(row[column.key]) for column in columns if row.get(column.key)}


def _task_cells(result: ResultSet, rows: list[dict[str, Any]]) -> dict[str, Cell]:
    first = rows[0]
    counts = Counter(row["task_state"] for row in rows)
    lagging = [result.reporters[row["reporter_id"]]["reporter_name"] for row in rows if row["task_state"] == "lagging"]
    return {
        "clause": figures.text(first["clause"]),
        "task": figures.text(first["task"]),
        "due": figures.text(first["due"]),
        "lagging_names": figures.text("、".join(lagging)),
    } | {state: figures.number(count) for state, count in counts.items()}


def _item_cells(result: ResultSet, row: dict[str, Any]) -> dict[str, Cell]:
    indicator = result.indicators.get(row["indicator_id"])
    return {
        "kind": figures.text(ITEM_KINDS.get(row["item_kind"], row["item_kind"])),
        "item": figures.text(row["item_name"]),
        "reporter": figures.text(result.reporters[row["reporter_id"]]["reporter_name"]),
        "indicator": figures.text(indicator["indicator_name"] if indicator else None),
        "status": figures.text(row["status"], _LATE.get(row["counts_as"], "")),
        "since": figures.text(row["status_since"]),
        "days": Cell("") if row["is_final"] else figures.number(row["days_without_movement"]),
        "due": figures.text(row["due_on"]),
        "note": figures.text(row["note"]),
    }
