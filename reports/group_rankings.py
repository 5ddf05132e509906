"""Lays out each group's ranking as one of its own: under the group's name its reporters by their place in it."""

from itertools import groupby
from typing import Any

from reports import figures
from reports.read import ResultSet
from reports.standings import Block, margin_columns, margins_of, scopes_of
from reports.tables import Column, Table, TableRow

_COLUMNS = (
    Column("reporter", "填报单位", 24, "left"),
    Column("group_place", "分类位次", 14, "center"),
    Column("group_change", "分类位次变化", 9, "center"),
)
# Taken over from the ranking of all, with its headers.
_TAKEN_OVER = ("cumulative_value", "target_value", "completion_ratio", "progress_gap", "yoy_ratio", "light")


def group_rankings(result: ResultSet, blocks: list[Block]) -> list[Table]:
    """One table a ranking, in the order of `blocks`; none where a single group or nobody in any is ranked."""
    if "group" not in scopes_of(result):
        return []
    tables = [_ranking(result, block) for block in blocks if block.basis]
    return [table for table in tables if any(row.cell("group_place").number is not None for row in table.rows)]


def _ranking(result: ResultSet, block: Block) -> Table:
    indicator = block.indicator
    ranks = {
        row["reporter_id"]: row
        for row in result.rows_of("rankings", "indicator_id", indicator["indicator_id"])
        if row["basis"] == block.basis and row["scope"] == result.reporters[row["reporter_id"]]["group_id"]
    }
    rows = [row for row in block.table.rows if row.kind == "reporter" and result.reporters[row.reporter_id]["group_id"]]
    rows.sort(key=lambda row: _position(result.reporters[row.reporter_id], ranks.get(row.reporter_id)))
    laid_out = []
    for _, members in groupby(rows, key=lambda row: result.reporters[row.reporter_id]["group_id"]):
        listed = list(members)
        name = result.reporters[listed[0].reporter_id]["group_name"]
        laid_out.append(TableRow({"reporter": figures.text(name)}, "group"))
        for row in listed:
            margins = margins_of(ranks.get(row.reporter_id), indicator, block.basis)
            overall = {"margin_above": figures.EMPTY, "margin_below": figures.EMPTY}
            laid_out.append(TableRow(row.cells | overall | margins, "reporter", row.reporter_id))
    columns = (
        *_COLUMNS,
        *(column for column in block.table.columns if column.key in _TAKEN_OVER),
        *margin_columns(indicator, block.basis),
        Column("overall_place", "总位次", 14, "center"),
    )
    table = Table(f"group-{block.table.table_id}", block.table.title, columns, tuple(laid_out))
    return table.without_empty({"group_change", "margin_above", "margin_below"})


def _position(reporter: dict[str, Any], rank: dict[str, Any] | None) -> tuple[int, str, bool, int, int]:
    return (
        reporter["group_display_order"] or 0,
        reporter["group_id"],
        rank is None,
        rank["rank"] if rank else 0,
        reporter["display_order"],
    )
