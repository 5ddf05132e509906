"""Lays out the revision section: as published, as revised."""

from decimal import Decimal
from typing import Any

from reports import figures
from reports.catalogue import BASES, LIGHTS, OVERALL, TARGET_STATES, VALUE_STATES
from reports.changes import Change
from reports.figures import Cell
from reports.read import ResultSet
from reports.tables import Column, Table, TableRow

_COLUMNS = (
    Column("subject", "单位(目标)", 24, "left"),
    Column("indicator", "指标", 28, "left"),
    Column("what", "项目", 24, "left"),
    Column("before", "原公布", 16),
    Column("after", "修订后", 16),
)
_VALUES = {
    "month_value": "本期数",
    "cumulative_value": "累计(期末)数",
    "same_period_value": "上年同期",
    "target_value": "目标",
    "actual_value": "实际",
}
_RATIOS = {"completion_ratio": "完成率", "yoy_ratio": "同比", "yoy_reported_ratio": "填报同比"}
_WORDS: dict[str, tuple[str, dict[str, str]]] = {
    "light": ("亮灯", LIGHTS),
    "value_state": ("报送状态", VALUE_STATES | {"reported": "已报", "zero": "已报(零)"}),
    "target_state": ("目标状态", TARGET_STATES | {"set": "有目标"}),
    "is_met": ("是否达到", {"True": "已达到", "False": "尚未达到"}),
}
_COUNTS = {"met_count": "达到个数", "reported_count": "已报个数"}


def revision_table(result: ResultSet, changes: list[Change]) -> Table:
    """The changes that a reader looks for: figures, lights, states and places. The manifest lists the derived rest."""
    rows = tuple(TableRow(cells) for change in _worth_a_row(changes) if (cells := _cells(result, change)))
    return Table("revision", "修订前后对照", _COLUMNS, rows)


def _worth_a_row(changes: list[Change]) -> list[Change]:
    """Of a figure reported for the first time only that it was: it had no earlier value to compare."""
    first_reports = {
        (change["reporter_id"], change["indicator_id"])
        for change in changes
        if change["field"] == "value_state" and change["before"] == "not_submitted"
    }
    return [
        change
        for change in changes
        if change["table"] != "progress"
        or change["field"] == "value_state"
        or (change["reporter_id"], change["indicator_id"]) not in first_reports
    ]


def _cells(result: ResultSet, change: Change) -> dict[str, Cell]:
    indicator = result.indicators.get(change["indicator_id"])
    shown = _shown(change, indicator) if indicator else None
    if shown is None or indicator is None:
        return {}
    label, before, after = shown
    return {
        "subject": figures.text(_subject(result, change)),
        "indicator": figures.text(indicator["indicator_name"]),
        "what": figures.text(label),
        "before": before if before.text else figures.absent("无"),
        "after": after if after.text else figures.absent("无"),
    }


def _shown(change: Change, indicator: dict[str, Any]) -> tuple[str, Cell, Cell] | None:
    name, both = change["field"], (change["before"], change["after"])
    if name in _VALUES:
        return _VALUES[name], *(figures.number(_decimal(v), indicator["decimals"]) for v in both)
    if name in _RATIOS:
        return _RATIOS[name], *(figures.percent(_decimal(v), indicator["ratio_decimals"]) for v in both)
    if name in _WORDS:
        label, words = _WORDS[name]
        return label, *(figures.text(words.get(v, v) if v else "无") for v in both)
    if name in _COUNTS:
        return _COUNTS[name], *(figures.number(_decimal(v)) for v in both)
    if change["table"] == "rankings" and name == "rank":
        scope = "总位次" if change["scope"] == OVERALL else "分类位次"
        label = f"{scope}（{BASES.get(change['basis'], change['basis'])}）"
        return label, *(figures.text(f"第{v}名" if v else "不排名") for v in both)
    return None


def _subject(result: ResultSet, change: Change) -> str:
    if "reporter_id" in change:
        return str(result.reporters.get(change["reporter_id"], {}).get("reporter_name", change["reporter_id"]))
    row = next((r for r in result.rows("city_progress") if r["target_id"] == change["target_id"]), None)
    return f"{row['document_number']} {row['clause']}" if row else str(change["target_id"])


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
