"""Lays out what one unit supplies, or nobody but the calculation: one row an indicator, nobody to compare with."""

from typing import Any

from reports import figures
from reports.catalogue import NoticeForm
from reports.figures import Cell
from reports.read import ResultSet
from reports.standings import figures_of
from reports.tables import Column, Table, TableRow

_CALCULATED = "按分子分母计算"
_OPTIONAL = {
    "month_value",
    "completion_ratio",
    "progress_gap",
    "light",
    "same_period_value",
    "yoy_ratio",
    "yoy_reported_ratio",
}


def single_values(result: ResultSet, form: NoticeForm) -> Table:
    """Every unranked indicator of one unit with the city's figures, or the unit's own where nothing is summed up."""
    rows = [
        _row(result, indicator)
        for indicator in result.indicators.values()
        if len(_progress(result, indicator, is_city=False)) < 2 and not indicator["ranking_bases"]
    ]
    return Table("single-values", "", _columns(form), tuple(rows)).without_empty(_OPTIONAL)


def _columns(form: NoticeForm) -> tuple[Column, ...]:
    columns = (
        Column("indicator", "指标", 36, "left"),
        Column("supplier", "提供单位", 24, "left"),
        Column("unit", "单位", 9, "center"),
        Column("month_value", form.flow_label, 11),
        Column("cumulative_value", "累计(期末)数", 12),
        Column("target_value", "目标", 12),
        Column("completion_ratio", "完成率", 10),
        Column("progress_gap", "较序时进度", 10, unit="百分点"),
        Column("light", "亮灯", 7, "center"),
        Column("same_period_value", "上年同期", 11),
        Column("yoy_ratio", "同比", 10),
        Column("yoy_reported_ratio", "填报同比", 10),
    )
    return tuple(column for column in columns if column.label)


def _row(result: ResultSet, indicator: dict[str, Any]) -> TableRow:
    suppliers = _progress(result, indicator, is_city=False)
    city = _progress(result, indicator, is_city=True)
    bands = {row["light"]: row for row in result.rows("light_bands")}
    (shown,) = (city or suppliers)[:1]
    cells: dict[str, Cell] = {
        "indicator": figures.text(indicator["indicator_name"]),
        "supplier": figures.text(_supplier(result, indicator, suppliers or city)),
        "unit": figures.text(indicator["unit"]),
    }
    return TableRow(figures_of(shown, indicator, bands) | cells)


def _supplier(result: ResultSet, indicator: dict[str, Any], rows: list[dict[str, Any]]) -> str:
    names = "、".join(result.reporters[row["reporter_id"]]["reporter_name"] for row in rows)
    return _CALCULATED if indicator["kind"] == "ratio" else names


def _progress(result: ResultSet, indicator: dict[str, Any], is_city: bool) -> list[dict[str, Any]]:
    return [
        row
        for row in result.rows("progress")
        if row["indicator_id"] == indicator["indicator_id"]
        and (result.reporters[row["reporter_id"]]["reporter_kind"] == "city") == is_city
    ]
