"""Lays out one indicator with all its reporters: by place, with what each still needs, and month by month."""

from dataclasses import replace
from typing import Any

from reports import figures
from reports.catalogue import BASES, NoticeForm
from reports.figures import Cell
from reports.footnotes import Footnote, footnote_table, marks_of
from reports.read import ResultSet
from reports.standings import Block, bases_of, columns, figures_of, scopes_of
from reports.tables import Chapter, Column, Table, TableRow

MOST_LINES = 20  # more lines in one chart can't be told apart
_PLACES = {
    "overall_place": ("总位次", 9),
    "overall_change": ("位次变化", 9),
    "group_place": ("分类位次", 9),
    "group_change": ("分类位次变化", 9),
}
_BRIEF = {"overall_place": "overall_brief", "group_place": "group_brief"}  # as “3/16”: a sheet has many columns
_NEED = (
    Column("needed_per_month", "剩余每月需完成", 10, is_sortable=True),
    Column("is_reachable", "能否完成", 14, "center"),
)
_GAPS = "空白为当月没有数（未报送、未到期），图线在此断开"
NEED_REMARK = (
    "“剩余每月需完成”为距目标的差额按本年剩余月份平均；“可完成”指不超过本单位近十二个月最好的一个月，"
    "“超过最好月份”指要比其中最好的一个月还多。"
)


def indicator_chapter(
    result: ResultSet,
    form: NoticeForm,
    indicator: dict[str, Any],
    blocks: list[Block],
    notes: list[Footnote],
    has_months: bool = True,
) -> Chapter:
    """One indicator: `blocks` are its rankings, the leading one first, and `notes` the footnotes to its figures."""
    standing = _standing(result, form, indicator, blocks, marks_of(notes, "reporter_id"))
    months = [months_table(result, "indicator_id", indicator["indicator_id"])] if has_months else []
    tables = [standing, *months] + ([footnote_table(result, notes, "notes").without({"indicator"})] if notes else [])
    remarks = [f"计量单位：{indicator['unit']}"] if indicator["unit"] else []
    if indicator.get("definition"):
        remarks.append(f"口径：{indicator['definition']}")
    remarks += [f"{BASES[block.basis]}：{block.table.remark}" for block in blocks if block.basis and block.table.remark]
    if any(column.key == "needed_per_month" for column in standing.columns):
        remarks.append(NEED_REMARK)
    charted = next((table.table_id for table in months if _is_worth_a_chart(table)), "")
    return Chapter(indicator["indicator_name"], [table for table in tables if table.rows], remarks, charted)


def _is_worth_a_chart(months: Table) -> bool:
    lines = sum(row.kind == "reporter" for row in months.rows)
    return len(months.columns) > 2 and 1 <= lines <= MOST_LINES


def need_of(row: dict[str, Any], decimals: int) -> dict[str, Cell]:
    """What a reporter must add each remaining month, and whether it ever did so much in one."""
    if row.get("needed_per_month") is None:
        return {}
    if row["needed_per_month"] == 0:
        verdict = figures.text("已完成")
    elif row["is_reachable"] is None:
        verdict = figures.EMPTY
    else:
        verdict = figures.text("可完成") if row["is_reachable"] else figures.text("超过最好月份", tone="late")
    return {"needed_per_month": figures.number(row["needed_per_month"], decimals), "is_reachable": verdict}


def months_table(result: ResultSet, column: str, value: str) -> Table:
    """The cumulative figures of the year's months for one indicator, or (column reporter_id) for one reporter."""
    is_indicator = column == "indicator_id"
    rows = result.rows_of("history", column, value)
    months = sorted({row["period"] for row in rows})
    cells: dict[str, dict[str, Cell]] = {}
    for row in rows:
        decimals = result.indicators[row["indicator_id"]]["decimals"]
        # A chart draws a word as a zero, and leaves a gap at an empty cell.
        state = {} if is_indicator else {"value_state": row.get("value_state")}
        shown = figures.reported({"value_state": None} | state, row["cumulative_value"], decimals)
        cells.setdefault(row["reporter_id" if is_indicator else "indicator_id"], {})[row["period"]] = shown
    heading = (
        Column("subject", "填报单位", 24, "left") if is_indicator else Column("subject", "指标（累计数）", 28, "left")
    )
    known = [key for key, row in cells.items() if any(cell.number is not None for cell in row.values())]
    laid_out = tuple(_month_row(result, key, cells[key]) for key in _in_order(result, is_indicator) if key in known)
    columns_shown = (heading, *(Column(month, month, 10) for month in months))
    return Table("months", "本年各月累计(期末)数", columns_shown, laid_out, _GAPS if is_indicator else "")


def _in_order(result: ResultSet, is_indicator: bool) -> list[str]:
    if not is_indicator:
        return list(result.indicators)
    return sorted(result.reporters, key=lambda key: result.reporters[key]["reporter_kind"] == "city")


def _month_row(result: ResultSet, key: str, cells: dict[str, Cell]) -> TableRow:
    if key in result.indicators:
        indicator = result.indicators[key]
        unit = f"（{indicator['unit']}）" if indicator["unit"] else ""
        return TableRow({"subject": figures.text(indicator["indicator_name"] + unit)} | cells)
    reporter = result.reporters[key]
    kind = "city" if reporter["reporter_kind"] == "city" else "reporter"
    return TableRow({"subject": figures.text(reporter["reporter_name"])} | cells, kind, key)


def _standing(
    result: ResultSet, form: NoticeForm, indicator: dict[str, Any], blocks: list[Block], marks: dict[str, str]
) -> Table:
    bands = {row["light"]: row for row in result.rows("light_bands")}
    progress = {
        row["reporter_id"]: row for row in result.rows_of("progress", "indicator_id", indicator["indicator_id"])
    }
    known = {line.reporter_id: line.cells for block in blocks[:1] for line in block.table.rows}
    rows = {
        key: (known.get(key) or figures_of(row, indicator, bands)) | need_of(row, indicator["decimals"] + 1)
        for key, row in progress.items()
    }
    for key, cells in rows.items():
        reporter = result.reporters[key]
        cells["reporter"], cells["group"] = (
            figures.text(reporter["reporter_name"]),
            figures.text(reporter["group_name"]),
        )
        cells["notes"] = figures.text(marks.get(key))
    for block in blocks:
        for line in block.table.rows:
            cells = rows[line.reporter_id]
            cells |= {f"{key}.{block.basis}": line.cell(_BRIEF.get(key, key)) for key in _PLACES}
            cells |= {f"{key}.{block.basis}": line.cell(key) for key in ("margin_above", "margin_below")}
    order = [line.reporter_id for line in blocks[0].table.rows] if blocks else list(progress)
    city = {key for key in progress if result.reporters[key]["reporter_kind"] == "city"}
    laid_out = tuple(TableRow(rows[key], "city" if key in city else "reporter", key) for key in order)
    table = Table("standing", "本期情况", _columns(result, form, indicator, blocks), laid_out)
    return table.without_empty({column.key for column in table.columns} - {"reporter", "cumulative_value"})


def _columns(result: ResultSet, form: NoticeForm, indicator: dict[str, Any], blocks: list[Block]) -> tuple[Column, ...]:
    base = {column.key: column for column in columns(form, indicator, (bases_of(indicator) or [""])[0]) if column.label}
    ranked = [block for block in blocks if block.basis]
    many = len(ranked) > 1
    placed = []
    for block in ranked:
        suffix = f"（{BASES[block.basis]}）" if many else ""
        placed += [
            Column(f"{key}.{block.basis}", label + suffix, width + (2 if many else 0), "center", is_sortable=True)
            for key, (label, width) in _PLACES.items()
            if key.startswith(tuple(scopes_of(result)))
        ]
        placed += [
            Column(f"{column.key}.{block.basis}", column.label + suffix, 10, is_sortable=True, unit=column.unit)
            for column in block.table.columns
            if column.key in ("margin_above", "margin_below")
        ]
    kept = [base[key] for key in base if key not in {*_PLACES, "margin_above", "margin_below", "reporter", "group"}]
    notes = Column("notes", "附注", 10, "left")
    return (replace(base["reporter"], width=24), replace(base["group"], width=13), *placed, *kept, *_NEED, notes)
