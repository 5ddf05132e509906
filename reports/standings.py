"""Lays out who stands where: one block per indicator and ranking basis, and the overview over all of them."""

import re
from dataclasses import dataclass
from typing import Any

from reports import figures
from reports.catalogue import BASES, NO_TARGET, OVERALL, UNRANKED, NoticeForm
from reports.figures import Cell
from reports.footnotes import signs_of
from reports.read import ResultSet
from reports.tables import Column, Table, TableRow

_RankKey = tuple[str, str, str, str]
# Printed only where some row has a figure: an indicator without targets has no completion rate to leave blank.
_OPTIONAL = {
    "overall_place",
    "overall_change",
    "group_place",
    "group_change",
    "month_value",
    "target_value",
    "completion_ratio",
    "time_progress_ratio",
    "progress_gap",
    "light",
    "same_period_value",
    "yoy_ratio",
    "yoy_reported_ratio",
    "margin_above",
    "margin_below",
}


@dataclass(frozen=True)
class Block:
    """One indicator ranked on one basis: reporters by place, then those without a place, then the city."""

    indicator: dict[str, Any]
    basis: str
    is_primary: bool
    table: Table


def blocks(result: ResultSet, form: NoticeForm) -> list[Block]:
    """All rankings of a notice, by display order of the indicator and the registry's order of its bases.

    An indicator that several reporters send and nobody ranks is a list of its own at the end, with an empty basis.
    """
    ranks, signs = _ranks(result), signs_of(result)
    found = []
    for indicator in result.indicators.values():
        bases = bases_of(indicator) or ([""] if _is_from_several(result, indicator) else [])
        for position, basis in enumerate(bases):
            is_primary = bool(basis) and position == 0
            found.append(Block(indicator, basis, is_primary, _block(result, form, ranks, signs, indicator, basis)))
    return sorted(found, key=lambda block: not block.basis)


def bases_of(indicator: dict[str, Any]) -> list[str]:
    """What an indicator is ranked by, the leading basis first."""
    return re.findall(r"[a-z_]+", indicator["ranking_bases"] or "")


def _is_from_several(result: ResultSet, indicator: dict[str, Any]) -> bool:
    reporters = [
        row["reporter_id"]
        for row in result.rows_of("progress", "indicator_id", indicator["indicator_id"])
        if result.reporters[row["reporter_id"]]["reporter_kind"] != "city"
    ]
    return len(reporters) > 1


def columns(form: NoticeForm, indicator: dict[str, Any], basis: str) -> list[Column]:
    """Every column a ranking can have; the texts name unit and cadence."""
    unit = indicator["unit"]
    return [
        Column("reporter", "填报单位", 24, "left"),
        Column("group", "分类", 14, "left"),
        Column("overall_place", "总位次", 14, "center", is_sortable=True),
        Column("overall_change", "位次变化", 6, "center", is_sortable=True),
        Column("group_place", "分类位次", 13, "center", is_sortable=True),
        Column("group_change", "分类位次变化", 9, "center", is_sortable=True),
        Column("month_value", form.flow_label, 8, is_sortable=True, unit=unit),
        Column("cumulative_value", "累计(期末)数", 9, is_sortable=True, unit=unit),
        Column("target_value", "目标", 11, is_sortable=True, unit=unit),
        Column("completion_ratio", "完成率", 10, is_sortable=True),
        Column("time_progress_ratio", "序时进度", 8, is_sortable=True),
        Column("progress_gap", "较序时进度", 9, is_sortable=True, unit="百分点"),
        Column("light", "亮灯", 9, "center"),
        Column("same_period_value", "上年同期", 9, is_sortable=True, unit=unit),
        Column("yoy_ratio", "同比", 10, is_sortable=True),
        Column("yoy_reported_ratio", "填报同比", 10, is_sortable=True),
        *margin_columns(indicator, basis),
    ]


def margin_columns(indicator: dict[str, Any], basis: str) -> tuple[Column, Column]:
    """How far the neighbours in a ranking are, in what it is ranked by."""
    unit = indicator["unit"] if basis == "level" else "百分点"
    return (
        Column("margin_above", "距上一位", 10, is_sortable=True, unit=unit),
        Column("margin_below", "距下一位", 10, is_sortable=True, unit=unit),
    )


def _ranks(result: ResultSet) -> dict[_RankKey, dict[str, Any]]:
    return {
        (row["indicator_id"], row["basis"], "overall" if row["scope"] == OVERALL else "group", row["reporter_id"]): row
        for row in result.rows("rankings")
    }


def _block(
    result: ResultSet,
    form: NoticeForm,
    ranks: dict[_RankKey, dict[str, Any]],
    signs: dict[tuple[str, str], str],
    indicator: dict[str, Any],
    basis: str,
) -> Table:
    bands = {row["light"]: row for row in result.rows("light_bands")}
    scopes = scopes_of(result)
    rows = []
    for progress in result.rows_of("progress", "indicator_id", indicator["indicator_id"]):
        reporter = result.reporters[progress["reporter_id"]]
        ranks_by_scope = {
            scope: ranks.get((indicator["indicator_id"], basis, scope, reporter["reporter_id"])) for scope in scopes
        }
        overall = ranks_by_scope["overall"]
        cells = _identity(reporter, ranks_by_scope) | figures_of(
            progress, indicator, bands, signs.get((reporter["reporter_id"], indicator["indicator_id"]), "")
        )
        cells |= margins_of(overall, indicator, basis)
        is_city = reporter["reporter_kind"] == "city"
        position = (is_city, overall is None, overall["rank"] if overall else 0, reporter["display_order"])
        rows.append((position, TableRow(cells, "city" if is_city else "reporter", reporter["reporter_id"])))
    ordered = tuple(row for _, row in sorted(rows, key=lambda pair: pair[0]))
    table = Table(
        f"{indicator['indicator_id']}-{basis}",
        f"{indicator['indicator_name']}（{BASES.get(basis, basis)}）",
        tuple(column for column in columns(form, indicator, basis) if column.label),
        ordered,
        _participation(result, indicator, basis),
    )
    return table.without_empty(_OPTIONAL)


def scopes_of(result: ResultSet) -> tuple[str, ...]:
    """The scopes of places that a notice prints: a single group would only repeat the overall places."""
    groups = {row["group_id"] for row in result.reporters.values() if row["reporter_kind"] != "city"}
    return ("overall", "group") if len(groups) > 1 else ("overall",)


def _identity(reporter: dict[str, Any], ranks: dict[str, dict[str, Any] | None]) -> dict[str, Cell]:
    cells = {"reporter": figures.text(reporter["reporter_name"]), "group": figures.text(reporter["group_name"])}
    for scope, row in ranks.items():
        if row is not None:
            cells[f"{scope}_place"] = figures.place(row)
            cells[f"{scope}_brief"] = figures.place_in_brief(row)
            cells[f"{scope}_change"] = figures.place_change(row["rank_change"])
        elif reporter["reporter_kind"] != "city":
            cells[f"{scope}_place"] = cells[f"{scope}_brief"] = figures.absent(UNRANKED)
    return cells


def figures_of(
    row: dict[str, Any], indicator: dict[str, Any], bands: dict[str, dict[str, Any]], signs: str = ""
) -> dict[str, Cell]:
    """One reporter's figures of one indicator as cells, by column key; `signs` lead from its value to the footnotes."""
    decimals, ratio_decimals = indicator["decimals"], indicator["ratio_decimals"]
    return {
        "month_value": figures.reported(row, row["month_value"], decimals),
        "cumulative_value": figures.reported(row, row["cumulative_value"], decimals, signs),
        "target_value": figures.target(row, decimals),
        "completion_ratio": figures.completion(row, ratio_decimals),
        "time_progress_ratio": figures.percent(row["time_progress_ratio"], ratio_decimals),
        "progress_gap": figures.points(row["progress_gap"], ratio_decimals),
        "light": figures.light(row, bands),
        "same_period_value": figures.number(row["same_period_value"], decimals),
        "yoy_ratio": figures.growth(row, ratio_decimals),
        "yoy_reported_ratio": figures.percent(row["yoy_reported_ratio"], ratio_decimals),
    }


def margins_of(rank: dict[str, Any] | None, indicator: dict[str, Any], basis: str) -> dict[str, Cell]:
    """Distances of one row of the rankings to its neighbours; empty at the ends and without a place."""
    if rank is None:
        return {}
    return {name: _margin(rank.get(name), indicator, basis) for name in ("margin_above", "margin_below")}


def _margin(distance: Any, indicator: dict[str, Any], basis: str) -> Cell:
    if distance is None:
        return figures.EMPTY
    if basis == "level":
        return figures.distance(figures.number(distance, indicator["decimals"]), indicator["decimals"])
    decimals = indicator["ratio_decimals"]
    return figures.distance(figures.points(distance, decimals, is_signed=False), decimals)


def _participation(result: ResultSet, indicator: dict[str, Any], basis: str) -> str:
    counts = {
        (row["ranked_count"], row["reporter_count"])
        for row in result.rows_of("rankings", "indicator_id", indicator["indicator_id"])
        if row["basis"] == basis and row["scope"] == OVERALL
    }
    remarks = [f"参加排名 {ranked} 家，共 {expected} 家" for ranked, expected in sorted(counts)]
    if basis in ("level", "growth") and indicator["direction"] == "lower":
        remarks.append("数值越低位次越前")
    if basis and not counts:
        remarks.append("本期没有单位参加排名")
    of_indicator = result.rows_of("progress", "indicator_id", indicator["indicator_id"])
    states = {row["target_state"] for row in of_indicator}
    if states == {"no_target"}:
        remarks.append(f"{NO_TARGET}，不计完成率")
    return "；".join(remarks + _coverage(result, indicator))


def _coverage(result: ResultSet, indicator: dict[str, Any]) -> list[str]:
    """That a city total rests on fewer reporters than it should."""
    return [
        f"合计数为已报 {row['reported_count']} 家之和，应报 {row['expected_count']} 家"
        for row in result.rows_of("progress", "indicator_id", indicator["indicator_id"])
        if result.reporters[row["reporter_id"]]["reporter_kind"] == "city"
        and indicator["city_method"] == "sum"
        and (row["reported_count"] or 0) < (row["expected_count"] or 0)
    ]
