"""Lays out what lags: document targets with their units, reporters behind the pace, tasks and items that lag."""

from typing import Any

from reports import figures
from reports.figures import Cell
from reports.ledgers import task_texts
from reports.read import ResultSet
from reports.tables import Column, Table, TableRow
from reports.targets import target_cells

_WITHIN_REACH = {True: "够得着", False: "难以够到"}


def problem_tables(result: ResultSet) -> list[Table]:
    """The lists of a notice's problems; each may be empty."""
    return [lagging_targets(result), lagging_reporters(result), lagging_tasks(result)]


def lagging_targets(result: ResultSet) -> Table:
    """Document targets behind their pace, with who leads and who is responsible as the document names them."""
    columns = (
        Column("clause", "条款", 10, "left"),
        Column("indicator", "指标", 28, "left"),
        Column("target", "目标", 16),
        Column("actual", "实际", 12),
        Column("completion", "完成率", 10),
        Column("lead", "牵头单位", 20, "left"),
        Column("responsible", "责任单位", 36, "left"),
    )
    measured = {row["target_id"]: row for row in result.rows("city_progress")}
    rows = tuple(
        TableRow(
            target_cells(result, measured[row["target_id"]])
            | {"lead": figures.text(row["lead_units"]), "responsible": figures.text(row["responsible_units"])}
        )
        for row in lagging(result)
    )
    return Table("lagging-targets", "滞后的文件目标", columns, rows).without_empty({"lead", "completion"})


def lagging(result: ResultSet) -> list[dict[str, Any]]:
    """The rows of lagging document targets, by display order of the indicator."""
    order = list(result.indicators)
    measured = {row["target_id"] for row in result.rows("city_progress")}
    rows = [
        row
        for row in result.rows("target_ledger")
        if row["target_standing"] == "lagging" and row["target_id"] in measured and row["indicator_id"] in order
    ]
    return sorted(rows, key=lambda row: (order.index(row["indicator_id"]), row["target_id"]))


def lagging_reporters(result: ResultSet) -> Table:
    """Reporters behind the pace of an indicator, the furthest behind first, with what each month to come must bring."""
    columns = (
        Column("reporter", "填报单位", 24, "left"),
        Column("indicator", "指标", 28, "left"),
        Column("actual", "累计(期末)数", 12),
        Column("target", "目标", 12),
        Column("completion", "完成率", 10),
        Column("gap", "较序时进度", 10, is_sortable=True, unit="百分点"),
        Column("light", "亮灯", 9, "center"),
        Column("needed", "余下各月每月需", 12),
        Column("reach", "能否够到", 10, "center"),
    )
    behind = [row for row in result.rows("progress") if row["progress_gap"] is not None and row["progress_gap"] < 0]
    behind = [row for row in behind if result.reporters[row["reporter_id"]]["reporter_kind"] != "city"]
    behind.sort(key=lambda row: (row["progress_gap"], row["reporter_id"], row["indicator_id"]))
    bands = {row["light"]: row for row in result.rows("light_bands")}
    rows = tuple(TableRow(_behind(result, row, bands)) for row in behind)
    remark = "“能否够到”：每月所需不超过近十二个月最好的一个月即为够得着" if rows else ""
    return Table("lagging-reporters", "落后序时进度的单位", columns, rows, remark).without_empty({"needed", "reach"})


def lagging_tasks(result: ResultSet) -> Table:
    """Tasks that a reporter calls lagging, in its own words."""
    columns = (
        Column("reporter", "填报单位", 20, "left"),
        Column("clause", "条款", 10, "left"),
        Column("task", "任务", 36, "left"),
        Column("since", "滞后自", 9, "center"),
        Column("days", "无变化天数", 10),
        Column("problem", "存在问题", 36, "left"),
        Column("next_step", "下一步打算", 36, "left"),
    )
    late = [row for row in result.rows("task_progress") if row["task_state"] == "lagging"]
    late.sort(key=lambda row: (result.reporters[row["reporter_id"]]["display_order"], row["task_id"]))
    rows = tuple(TableRow(task_texts(result, row)) for row in late)
    return Table("lagging-tasks", "滞后的任务", columns, rows).without_empty({"problem", "next_step"})


def _behind(result: ResultSet, row: dict[str, Any], bands: dict[str, dict[str, Any]]) -> dict[str, Cell]:
    indicator = result.indicators[row["indicator_id"]]
    decimals, ratio_decimals = indicator["decimals"], indicator["ratio_decimals"]
    return {
        "reporter": figures.text(result.reporters[row["reporter_id"]]["reporter_name"]),
        "indicator": figures.text(f"{indicator['indicator_name']}（{indicator['unit']}）"),
        "actual": figures.reported(row, row["cumulative_value"], decimals),
        "target": figures.target(row, decimals),
        "completion": figures.completion(row, ratio_decimals),
        "gap": figures.points(row["progress_gap"], ratio_decimals),
        "light": figures.light(row, bands),
        "needed": figures.number(row["needed_per_month"], decimals),
        "reach": figures.text(_WITHIN_REACH.get(row["is_reachable"], "")),
    }
