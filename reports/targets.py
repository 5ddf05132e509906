"""Lays out the document's own targets: number, clause, what is required, what is reached."""

from typing import Any

from reports import figures
from reports.catalogue import COMPARATORS, TARGET_STATES, VALUE_STATES
from reports.figures import Cell
from reports.read import ResultSet
from reports.tables import Column, Table, TableRow

_COLUMNS = (
    Column("document", "文号", 19, "left"),
    Column("clause", "条款", 10, "left"),
    Column("indicator", "指标", 28, "left"),
    Column("scope", "考核范围", 18, "left"),
    Column("target", "目标", 16),
    Column("actual", "实际", 12),
    Column("completion", "完成率", 11),
    Column("verdict", "是否达到", 16, "center"),
    Column("reported", "已报/应报", 11, "center"),
    Column("remark", "备注", 30, "left"),
)
_BOUNDED = {"between", "range"}


def city_targets(result: ResultSet) -> Table:
    """One row per document target that the marts measure in this period, by display order of its indicator."""
    order = {indicator_id: position for position, indicator_id in enumerate(result.indicators)}
    rows = sorted(result.rows("city_progress"), key=lambda row: (order[row["indicator_id"]], row["target_id"]))
    table = Table("city-targets", "", _COLUMNS, tuple(TableRow(target_cells(result, row)) for row in rows))
    # The head of the notice names its document; a column of the same number says nothing.
    own = {result.row("programme")["document_number"]}
    return table.without({"document"}) if {row["document_number"] for row in rows} <= own else table


def target_cells(result: ResultSet, row: dict[str, Any]) -> dict[str, Cell]:
    """One document target as it prints: what is asked, what is reached."""
    indicator = result.indicators[row["indicator_id"]]
    decimals = indicator["decimals"]
    is_each = row["scope"] != "city"
    return {
        "document": figures.text(row["document_number"]),
        "clause": figures.text(row["clause"]),
        "indicator": figures.text(indicator["indicator_name"]),
        "scope": figures.text(_scope(result, row)),
        "target": _target(row, is_each),
        "actual": figures.absent("逐个计") if is_each else figures.reported(row, row["actual_value"], decimals),
        "completion": figures.absent("逐个计") if is_each else _completion(row, indicator["ratio_decimals"]),
        "verdict": _verdict(row, is_each),
        "reported": figures.text(_of(row["reported_count"], row["expected_count"])),
        "remark": figures.text(_remark(row)),
    }


def _completion(row: dict[str, Any], decimals: int) -> Cell:
    # A target of the document itself is never an illustrative split.
    return figures.completion(row | {"is_illustrative": False}, decimals)


def _scope(result: ResultSet, row: dict[str, Any]) -> str:
    if row["scope"] == "city":
        cities = [reporter for reporter in result.reporters.values() if reporter["reporter_kind"] == "city"]
        return str(cities[0]["reporter_name"]) if cities else "全体"
    group_id = row["scope"].partition(":")[2]
    names = {reporter["group_id"]: reporter["group_name"] for reporter in result.reporters.values()}
    return f"{row.get('scope_name') or names.get(group_id) or '所列单位'}（每个）"


def _target(row: dict[str, Any], is_each: bool) -> Cell:
    if row["target_value"] is None:
        return figures.absent(TARGET_STATES.get(row["target_state"], "文字目标"))
    low, high, unit = figures.plain(row["target_value"]), row["value_high"], row["unit"] or ""
    if high is not None:
        shown = f"{low}—{figures.plain(high)}{unit}"
    else:
        shown = f"{COMPARATORS.get(row['comparator'], row['comparator'] or '')}{low}{unit}"
    return figures.text(("每个" if is_each else "") + shown + ("左右" if row["is_approximate"] else ""))


def _verdict(row: dict[str, Any], is_each: bool) -> Cell:
    if is_each and row["area_count"] is not None:
        return figures.text(f"{row['met_count']}/{row['area_count']}个达到")
    if row["is_met"] is None:
        word = VALUE_STATES.get(row["value_state"]) or TARGET_STATES.get(row["target_state"]) or ""
        return figures.absent(word)
    return figures.text("已达到" if row["is_met"] else "尚未达到")


def _remark(row: dict[str, Any]) -> str:
    remarks = [f"原文：{row['strength']}"] if row["strength"] else []
    if row["restates_target_id"]:
        remarks.append("重申前文同一目标")
    if row["stretches_target_id"]:
        remarks.append("两档目标中的力争值")
    if row["note"]:
        remarks.append(row["note"])
    return "；".join(remarks)


def _of(count: int | None, total: int | None) -> str:
    return "" if count is None or total is None else f"{count}/{total}"
