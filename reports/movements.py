"""Lays out who rose and who fell since the period before, and which parts of the score made it so."""

from itertools import groupby
from typing import Any

from reports import figures
from reports.catalogue import OVERALL, NoticeForm
from reports.read import ResultSet
from reports.scores import decimals_of, part_name
from reports.tables import Column, Table, TableRow

_NAMED = 3  # so many parts explain a change; the marts have all


def movers_table(result: ResultSet, form: NoticeForm) -> Table:
    """One row a reporter with a place in both periods: most places gained first."""
    columns = (
        Column("reporter", "填报单位", 24, "left"),
        Column("previous_rank", f"{form.reference}位次", 12, "center"),
        Column("rank", "本期位次", 10, "center"),
        Column("rank_change", "位次变化", 9, "center", is_sortable=True),
        Column("score_change", "总分变化", 10, is_sortable=True),
        Column("reasons", "主要变动项（得分变化）", 56, "left"),
    )
    moved = moves(result)
    remark = "得分为截至期末的累计得分；各项变化之和即总分变化" if moved else ""
    rows = tuple(TableRow(_cells(result, parts), "reporter", parts[0]["reporter_id"]) for parts in moved)
    return Table("movers", "", columns, rows, remark)


def moves(result: ResultSet) -> list[list[dict[str, Any]]]:
    """The parts of each reporter's change, the one that explains most first; reporters by places gained."""
    rows = [row for row in result.rows("movers") if row["scope"] == OVERALL]
    reporters = [list(parts) for _, parts in groupby(rows, key=lambda row: row["reporter_id"])]
    return sorted(reporters, key=lambda parts: (-parts[0]["rank_change"], parts[0]["rank"], parts[0]["reporter_id"]))


def reasons(result: ResultSet, parts: list[dict[str, Any]]) -> str:
    """The parts that moved most, with by how much."""
    decimals = decimals_of(result)
    moved = [row for row in parts if row["points_change"]][:_NAMED]
    shown = ((part_name(result, row["part_id"]), figures.signed(row["points_change"], decimals).text) for row in moved)
    return "，".join(f"{name} {change} 分" for name, change in shown)


def _cells(result: ResultSet, parts: list[dict[str, Any]]) -> dict[str, figures.Cell]:
    first = parts[0]
    return {
        "reporter": figures.text(result.reporters[first["reporter_id"]]["reporter_name"]),
        "previous_rank": figures.number(first["previous_rank"]),
        "rank": figures.number(first["rank"]),
        "rank_change": figures.place_change(first["rank_change"]),
        "score_change": figures.signed(first["score_change"], decimals_of(result)),
        "reasons": figures.text(reasons(result, parts)),
    }
