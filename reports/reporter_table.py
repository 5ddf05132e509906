"""Lays out one reporter's own sheet (一区一表): where it stands, what it still needs, its marks, tasks and returns."""

from typing import Any

from reports import figures
from reports.catalogue import (
    BASES,
    ITEM_KINDS,
    OVERALL,
    PART_STATES,
    PARTS,
    TASK_STATES,
    NoticeForm,
)
from reports.figures import Cell
from reports.footnotes import Footnote, footnote_table, marks_of, without_warnings
from reports.indicator_table import NEED_REMARK, months_table, need_of
from reports.read import ResultSet
from reports.scores import decimals_of
from reports.standings import bases_of, figures_of, scopes_of
from reports.submissions import findings_table, status_detail
from reports.tables import Chapter, Column, Table, TableRow

_STANDING = (
    Column("indicator", "指标", 30, "left"),
    Column("unit", "单位", 10, "center"),
    Column("cumulative_value", "累计(期末)数", 10),
    Column("target_value", "目标", 10),
    Column("completion_ratio", "完成率", 10),
    Column("progress_gap", "较序时进度", 10, unit="百分点"),
    Column("light", "亮灯", 5, "center"),
    Column("needed_per_month", "剩余每月需完成", 10),
    Column("is_reachable", "能否完成", 15, "center"),
    Column("yoy_ratio", "同比", 10),
    Column("overall_place", "总位次", 10, "center"),
    Column("overall_change", "位次变化", 5, "center"),
    Column("group_place", "分类位次", 10, "center"),
    Column("group_change", "分类位次变化", 10, "center"),
    Column("notes", "附注", 10, "left"),
)
_SCORES = (
    Column("scope", "范围", 30, "left"),
    Column("score", "综合得分", 10),
    Column("place", "位次", 15, "center"),
    Column("change", "位次变化", 10, "center"),
    Column("score_change", "得分变化", 10),
    Column("margin_above", "距上一位", 10, unit="分"),
    Column("margin_below", "距下一位", 10, unit="分"),
)
_PARTS = (
    Column("part", "得分项", 30, "left"),
    Column("source", "所在期", 10, "center"),
    Column("basis", "计分依据", 20, "center"),
    Column("measured", "计分数值", 10),
    Column("weight", "满分", 10),
    Column("mark", "得分", 10),
    Column("bonus", "加分", 10),
    Column("penalty", "扣分", 10),
    Column("points", "合计", 10),
    Column("events", "扣分次数", 10),
    Column("state", "状态", 15, "center"),
)
_TASKS = (
    Column("task", "任务", 40, "left"),
    Column("clause", "条款", 10, "left"),
    Column("due", "时限", 10, "left"),
    Column("state", "状态", 10, "center"),
    Column("since", "自何月", 10, "center"),
    Column("reported", "最近报送", 10, "center"),
    Column("progress", "进展情况", 35, "left"),
    Column("problem", "存在问题", 25, "left"),
    Column("next_step", "下一步打算", 25, "left"),
)
_ITEMS = (
    Column("name", "事项", 40, "left"),
    Column("kind", "种类", 10, "center"),
    Column("indicator", "对应指标", 20, "left"),
    Column("status", "状态", 10, "center"),
    Column("since", "自何月", 10, "center"),
    Column("reported", "最近列出", 10, "center"),
    Column("due", "计划完成", 10, "center"),
    Column("finished", "实际完成", 10, "center"),
    Column("note", "说明", 40, "left"),
)
_QUALITY = (
    Column("place", "报送质量位次", 30, "center"),
    Column("owed_count", "应报表数", 10),
    Column("on_time_count", "按时", 10),
    Column("late_count", "迟报", 10),
    Column("missing_count", "缺报", 10),
    Column("days_late", "迟报天数", 10),
    Column("returned_count", "退回版本", 10),
    Column("return_finding_count", "退回问题", 10),
    Column("reminder_count", "提醒问题", 10),
    Column("error_ratio", "差错率", 10),
    Column("restated_month_count", "改动月数", 10),
    Column("restated_figure_count", "改动次数", 10),
    Column("restatement_ratio", "改动幅度", 10),
)


def reporter_chapter(result: ResultSet, form: NoticeForm, reporter: dict[str, Any], notes: list[Footnote]) -> Chapter:
    """One reporter's own rows of the whole result; `notes` are the footnotes to its figures. Empty tables fall out."""
    reporter_id, notes = reporter["reporter_id"], without_warnings(notes)
    standing = _standing(result, form, reporter, marks_of(notes, "indicator_id"))
    tables = [
        _scores(result, reporter),
        standing,
        months_table(result, "reporter_id", reporter_id),
        _parts(result, reporter_id),
        _tasks(result, reporter_id),
        _items(result, reporter_id),
        status_detail(result, reporter_id),
        _quality(result, reporter_id),
        findings_table(result, reporter_id),
        footnote_table(result, notes, "notes").without({"reporter"}),
    ]
    remarks = [f"分类：{reporter['group_name']}"] if reporter["group_name"] else []
    if any(column.key == "needed_per_month" for column in standing.columns):
        remarks.append(NEED_REMARK)
    return Chapter(reporter["reporter_name"], [table for table in tables if table.rows], remarks)


def _standing(result: ResultSet, form: NoticeForm, reporter: dict[str, Any], marks: dict[str, str]) -> Table:
    bands = {row["light"]: row for row in result.rows("light_bands")}
    progress = {row["indicator_id"]: row for row in result.rows_of("progress", "reporter_id", reporter["reporter_id"])}
    places = _places(result, reporter)
    rows = []
    for indicator in result.indicators.values():
        row = progress.get(indicator["indicator_id"])
        if row is None:
            continue
        cells = figures_of(row, indicator, bands) | need_of(row, indicator["decimals"] + 1)
        cells |= places.get(indicator["indicator_id"], {})
        cells |= {
            "indicator": figures.text(indicator["indicator_name"]),
            "unit": figures.text(indicator["unit"]),
            "notes": figures.text(marks.get(indicator["indicator_id"])),
        }
        rows.append(TableRow(cells))
    flow = (Column("month_value", form.flow_label, 10),) if form.flow_label else ()
    table = Table("standing", "目标与进度", (*_STANDING[:2], *flow, *_STANDING[2:]), tuple(rows))
    return table.without_empty({column.key for column in table.columns} - {"indicator", "cumulative_value"})


def _places(result: ResultSet, reporter: dict[str, Any]) -> dict[str, dict[str, Cell]]:
    """The reporter's places by indicator, in the leading ranking of each."""
    places: dict[str, dict[str, Cell]] = {}
    scopes = {OVERALL: "overall"} | ({reporter["group_id"]: "group"} if "group" in scopes_of(result) else {})
    for row in result.rows_of("rankings", "reporter_id", reporter["reporter_id"]):
        scope = scopes.get(row["scope"])
        if scope and bases_of(result.indicators[row["indicator_id"]])[:1] == [row["basis"]]:
            places.setdefault(row["indicator_id"], {}).update(
                {
                    f"{scope}_place": figures.place_in_brief(row),
                    f"{scope}_change": figures.place_change(row["rank_change"]),
                }
            )
    return places


def _scores(result: ResultSet, reporter: dict[str, Any]) -> Table:
    decimals = decimals_of(result)
    words = {OVERALL: "全体", reporter["group_id"]: reporter["group_name"]}
    found = result.rows_of("composite_rankings", "reporter_id", reporter["reporter_id"])
    shown = [row for row in found if row["scope"] == OVERALL or "group" in scopes_of(result)]
    shown.sort(key=lambda row: row["scope"] != OVERALL)
    rows = tuple(
        TableRow(
            {
                "scope": figures.text(words.get(row["scope"], row["scope"])),
                "score": figures.number(row["score"], decimals),
                "place": figures.place(row),
                "change": figures.place_change(row["rank_change"]),
                "score_change": figures.number(row["score_change"], decimals),
                "margin_above": figures.distance(figures.number(row["margin_above"], decimals), decimals),
                "margin_below": figures.distance(figures.number(row["margin_below"], decimals), decimals),
            }
        )
        for row in shown
    )
    return Table("scores", "综合得分与位次", _SCORES, rows).without_empty(
        {"change", "score_change", "margin_above", "margin_below"}
    )


def _parts(result: ResultSet, reporter_id: str) -> Table:
    rows = [_part(result, row) for row in result.rows_of("score_parts", "reporter_id", reporter_id)]
    table = Table("score-parts", "得分明细", _PARTS, tuple(rows))
    return table.without_empty({"basis", "measured", "bonus", "penalty", "events"})


def _part(result: ResultSet, row: dict[str, Any]) -> TableRow:
    indicator = result.indicators.get(row["indicator_id"] or "")
    name = indicator["indicator_name"] if indicator else PARTS.get(row["part_kind"], row["part_id"])
    decimals = decimals_of(result)
    return TableRow(
        {
            "part": figures.text(name),
            "source": figures.text(row["source_period"]),
            "basis": figures.text(BASES.get(row["basis"] or "-", "")),
            "measured": _measured(row, indicator),
            "weight": figures.number(row["weight"], decimals),
            "mark": figures.number(row["mark"], decimals),
            "bonus": _unless_zero(row["bonus"], decimals),
            "penalty": _unless_zero(row["penalty"], decimals),
            "points": figures.number(row["points"], decimals),
            "events": figures.number(row["event_count"]),
            "state": figures.text(PART_STATES.get(row["part_state"], row["part_state"])),
        }
    )


def _measured(row: dict[str, Any], indicator: dict[str, Any] | None) -> Cell:
    if row["measured_value"] is None or indicator is None:
        return figures.EMPTY
    if row["basis"] == "level":
        return figures.number(row["measured_value"], indicator["decimals"])
    return figures.percent(row["measured_value"], indicator["ratio_decimals"])


def _unless_zero(points: Any, decimals: int) -> Cell:
    return figures.number(points, decimals) if points else figures.EMPTY


def _tasks(result: ResultSet, reporter_id: str) -> Table:
    rows = [
        TableRow(
            {
                "task": figures.text(row["task"]),
                "clause": figures.text(row["clause"]),
                "due": figures.text(row["due"]),
                "state": _state(
                    row["status"] or TASK_STATES.get(row["task_state"], row["task_state"]), row["task_state"]
                ),
                "since": figures.text(row["status_since"]),
                "reported": figures.text(row["reported_in"]),
                "progress": figures.text(row["progress"]),
                "problem": figures.text(row["problem"]),
                "next_step": figures.text(row["next_step"]),
            }
        )
        for row in result.rows_of("task_progress", "reporter_id", reporter_id)
    ]
    return Table("tasks", "任务进展", _TASKS, tuple(rows)).without_empty({"due", "problem", "next_step"})


def _items(result: ResultSet, reporter_id: str) -> Table:
    rows = [
        TableRow(
            {
                "name": figures.text("　".join(filter(None, (row["item_name"], row["item_code"])))),
                "kind": figures.text(ITEM_KINDS.get(row["item_kind"], row["item_kind"])),
                "indicator": figures.text(result.indicators.get(row["indicator_id"], {}).get("indicator_name")),
                "status": _state(row["status"], row["counts_as"]),
                "since": figures.text(row["status_since"]),
                "reported": figures.text(row["reported_in"]),
                "due": figures.text(row["due_on"]),
                "finished": figures.text(row["finished_on"]),
                "note": figures.text(row["note"]),
            }
        )
        for row in result.rows_of("ledger_items", "reporter_id", reporter_id)
    ]
    return Table("items", "台账事项", _ITEMS, tuple(rows)).without_empty({"indicator", "due", "finished", "note"})


def _state(words: str | None, kind: str | None) -> Cell:
    return figures.text(words, tone="late" if kind == "lagging" else "")


def _quality(result: ResultSet, reporter_id: str) -> Table:
    rows = [
        TableRow(
            {
                column.key: figures.number(row[column.key])
                for column in _QUALITY
                if column.key.endswith(("count", "late"))
            }
            | {
                "error_ratio": figures.percent(row["error_ratio"], 1),
                "restatement_ratio": figures.percent(row["restatement_ratio"], 1),
                "place": figures.place(row) if row["rank"] is not None else figures.EMPTY,
            }
        )
        for row in result.rows_of("return_quality", "reporter_id", reporter_id)
    ]
    return Table("quality", "报送质量", _QUALITY, tuple(rows)).without_empty(
        {"error_ratio", "restatement_ratio", "place"}
    )
