"""Lays out the composite score: who stands where, by how much, and which parts the score is the sum of."""

from itertools import groupby
from typing import Any

from reports import figures
from reports.catalogue import NOT_SUBMITTED, OVERALL, PARTS, TARGET_STATES, UNRANKED, VALUE_STATES
from reports.figures import Cell
from reports.read import ResultSet
from reports.tables import Column, Table, TableRow

_OPTIONAL = {"group_place", "overall_change", "score_change", "grade", "margin_above"}
_STATES = TARGET_STATES | VALUE_STATES
_Part = tuple[str, str]


def score_table(result: ResultSet) -> Table:
    """One row a reporter that could be ranked, by place, then the others; a column a part of the score.

    No rows where the programme has no scoring scheme for the cadence.
    """
    ranks = {(row["scope"] == OVERALL, row["reporter_id"]): row for row in result.rows("composite_rankings")}
    if not ranks:
        return Table("scores", "", (), ())
    parts = _parts(result)
    columns = (*_columns(), *(Column(".".join(part), _label(result, part, parts), 11) for part in parts))
    kinds = {result.reporters[reporter_id]["reporter_kind"] for _, reporter_id in ranks}
    rows = []
    for reporter in result.reporters.values():
        if reporter["reporter_kind"] not in kinds:
            continue
        overall = ranks.get((True, reporter["reporter_id"]))
        cells = _standing(result, reporter, overall, ranks.get((False, reporter["reporter_id"])))
        cells |= _points(result, reporter["reporter_id"])
        position = (overall is None, overall["rank"] if overall else 0, reporter["display_order"])
        rows.append((position, TableRow(cells, "reporter", reporter["reporter_id"])))
    ordered = tuple(row for _, row in sorted(rows, key=lambda pair: pair[0]))
    return Table("scores", "", columns, ordered, _remark(result)).without_empty(_OPTIONAL)


def decimals_of(result: ResultSet) -> int:
    """The decimals that scores print and are compared with; 0 where nothing is scored."""
    return max((int(row["score_decimals"]) for row in result.rows("scoring_schemes")), default=0)


def part_name(result: ResultSet, part_id: str) -> str:
    """What people call a part of the score."""
    indicator = result.indicators.get(part_id)
    return str(indicator["indicator_name"]) if indicator else PARTS.get(part_id, part_id)


def _columns() -> tuple[Column, ...]:
    return (
        Column("reporter", "填报单位", 24, "left"),
        Column("group", "分类", 14, "left"),
        Column("overall_place", "总位次", 14, "center", is_sortable=True),
        Column("overall_change", "位次变化", 8, "center", is_sortable=True),
        Column("group_place", "分类位次", 13, "center", is_sortable=True),
        Column("score", "总分", 10, is_sortable=True),
        Column("score_change", "分数变化", 9, is_sortable=True),
        Column("grade", "等次", 8, "center"),
        Column("margin_above", "距上一位", 12, is_sortable=True, unit="分"),
    )


def _standing(
    result: ResultSet, reporter: dict[str, Any], overall: dict[str, Any] | None, group: dict[str, Any] | None
) -> dict[str, Cell]:
    cells = {"reporter": figures.text(reporter["reporter_name"]), "group": figures.text(reporter["group_name"])}
    if overall is None:
        return cells | {"overall_place": figures.absent(UNRANKED), "overall_brief": figures.absent(UNRANKED)}
    decimals = decimals_of(result)
    if group and group["ranked_count"] != overall["ranked_count"]:
        cells |= {"group_place": figures.place(group), "group_brief": figures.place_in_brief(group)}
    return cells | {
        "overall_place": figures.place(overall),
        "overall_brief": figures.place_in_brief(overall),
        "overall_change": figures.place_change(overall["rank_change"]),
        "score": figures.number(overall["score"], decimals),
        "score_change": figures.signed(overall["score_change"], decimals),
        "grade": figures.text(overall.get("grade")),
        "margin_above": figures.distance(figures.number(overall["margin_above"], decimals), decimals),
    }


def _parts(result: ResultSet) -> list[_Part]:
    """The parts that anybody has, by source period, indicators as they are displayed, then what is taken off."""
    order = [*result.indicators, *PARTS]
    found = {(row["source_period"], row["part_id"]) for row in result.rows("score_parts")}
    return sorted(found, key=lambda part: (part[0], order.index(part[1]) if part[1] in order else len(order), part[1]))


def _label(result: ResultSet, part: _Part, parts: list[_Part]) -> str:
    """The part's name; with its period where the score is put together from several."""
    source_period, part_id = part
    is_from_several = len(list(groupby(parts, key=lambda other: other[0]))) > 1
    return (f"{source_period} " if is_from_several else "") + part_name(result, part_id)


def _points(result: ResultSet, reporter_id: str) -> dict[str, Cell]:
    decimals = decimals_of(result)
    return {
        f"{row['source_period']}.{row['part_id']}": _part_cell(row, decimals)
        for row in result.rows("score_parts")
        if row["reporter_id"] == reporter_id
    }


def _part_cell(row: dict[str, Any], decimals: int) -> Cell:
    state = row["part_state"]
    if state in _STATES and state != "not_submitted":
        return figures.absent(_STATES[state])
    return figures.number(row["points"], decimals, NOT_SUBMITTED if state == "not_submitted" else "")


def _remark(result: ResultSet) -> str:
    schemes = {row["scheme_id"] for row in result.rows("composite_rankings")}
    shown = [
        f"计分方案：{row['scheme_name']}，满分 {figures.plain(row['total_weight'])} 分；依据：{row['source']}"
        for row in result.rows("scoring_schemes")
        if row["scheme_id"] in schemes
    ]
    counts = {
        (row["ranked_count"], row["reporter_count"])
        for row in result.rows("composite_rankings")
        if row["scope"] == OVERALL
    }
    shown += [f"参加排名 {ranked} 家，共 {expected} 家" for ranked, expected in sorted(counts)]
    return "；".join(shown)
