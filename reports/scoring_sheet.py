"""Lays out the sheet 计分过程: a row a part of a score, the sums below, then totals, places and grades.

What the rows say is in scoring_process.py.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from reports import figures
from reports.catalogue import OVERALL
from reports.scoring_formulas import Block, Line, Row, is_figure
from reports.scoring_process import (
    FORMULA,
    MARK,
    REGISTERED,
    Entry,
    Process,
    by_reporter,
    fellow_line,
    fellows,
    reporter_lines,
)
from reports.styles import LINE, Styles, lines_of

NAME = "计分过程"


def write_process(sheet: Worksheet, styles: Styles, process: Process, row: int) -> int:
    """Lay the sheet out from `row` on: the parts of each reporter with their sum, then totals, places and grades.

    Gives the last row written.
    """
    if process.is_folded:
        return row
    row = _write_scheme(sheet, styles, process, row)
    _write_header(sheet, styles, process, row)
    sheet.repeat_rows(row)
    sheet.freeze_panes(row + 1, 1)
    first = row + 1
    last = first + sum(len(parts) + 1 for _, parts in by_reporter(process)) + len(fellows(process)) - 1
    table = Block(process.index, first, last)
    sheet.autofilter(row, 0, last, len(process.columns) - 1)
    total = xl_rowcol_to_cell(first - 2, 3, row_abs=True, col_abs=True)
    sums: dict[str, str] = {}
    row = first
    for reporter_id, parts in by_reporter(process):
        for line in reporter_lines(process, parts, row, table, total):
            row = _write_line(sheet, styles, process, line, row)
        sums[reporter_id] = _write_sum(sheet, styles, process, reporter_id, row - len(parts), row)
        row += 1
    for part in fellows(process):
        row = _write_line(sheet, styles, process, fellow_line(process, part, row, table), row)
    for index, column in enumerate(process.columns):
        sheet.set_column(index, index, column.width)
    return _write_totals(sheet, styles, process, sums, row + 1)


def _write_scheme(sheet: Worksheet, styles: Styles, process: Process, row: int) -> int:
    """One line of what holds for the whole scheme; its total weight is what the formulas refer to."""
    scheme = process.scheme
    sheet.write_string(row, 0, "计分方案", styles.look("section"))
    sheet.write_string(row, 1, scheme["scheme_name"], styles.look("fact"))
    sheet.write_string(row, 2, "方案总分", styles.look("section"))
    sheet.write_number(row, 3, float(scheme["total_weight"]), styles.origin(REGISTERED, "General"))
    words = f"总分按{scheme['score_decimals']}位小数比较名次；依据：{scheme['source']}"
    sheet.write_string(row, 4, words, styles.look("remark"))
    sheet.set_row(row, LINE * lines_of(scheme["scheme_name"], process.columns[1].width))
    return row + 1


def _write_header(sheet: Worksheet, styles: Styles, process: Process, row: int) -> None:
    for index, column in enumerate(process.columns):
        words = column.label + (f"\n（{column.origin}）" if column.origin else "")
        sheet.write_string(row, index, words, styles.look("header"))
    sheet.set_row(row, LINE * 2)


def _write_line(sheet: Worksheet, styles: Styles, process: Process, entries: Mapping[str, Entry], row: int) -> int:
    for index, column in enumerate(process.columns):
        _write(sheet, styles, row, index, entries.get(column.key, Entry()), column.origin, column.align)
    words = (entries.get(column.key, Entry()).value for column in process.columns)
    lines = (
        lines_of(value, column.width)
        for column, value in zip(process.columns, words, strict=True)
        if isinstance(value, str)
    )
    sheet.set_row(row, LINE * max(lines))
    return row + 1


def _write(
    sheet: Worksheet, styles: Styles, row: int, index: int, entry: Entry, origin: str, align: str = "right"
) -> None:
    """One cell; what is beside a formula is what it comes to."""
    look = styles.origin(origin, entry.pattern, align)
    value: Any = float(entry.value) if is_figure(entry.value) else entry.value
    if entry.formula.startswith("{"):
        sheet.write_array_formula(row, index, row, index, entry.formula, look, value)
    elif entry.formula:
        sheet.write_formula(row, index, entry.formula, look, value)
    elif is_figure(entry.value):
        sheet.write_number(row, index, value, look)
    elif value:
        sheet.write_string(row, index, str(value), look)
    else:
        sheet.write_blank(row, index, None, look)


def _write_sum(sheet: Worksheet, styles: Styles, process: Process, reporter_id: str, first: int, row: int) -> str:
    """A reporter's total below its parts; gives where it stands."""
    index, (place,) = process.index["points"], _places(process, reporter_id, is_overall=True)
    own = Block(process.index, first, row - 1)
    for at in range(1, len(process.columns) - 1):
        sheet.write_blank(row, at, None, styles.origin("sum", "General"))
    name = process.result.reporters.get(reporter_id, {}).get("reporter_name", reporter_id)
    for at, words in ((0, name), (process.index["part"], "总分")):
        sheet.write_string(row, at, words, styles.origin("sum", "General", "left"))
    formula = f"=SUM({own.column('points')})"
    sheet.write_formula(row, index, formula, styles.origin("sum", MARK), float(place["score"]))
    return str(xl_rowcol_to_cell(row, index))


def _places(process: Process, reporter_id: str, is_overall: bool) -> list[Row]:
    return [
        row
        for row in process.result.rows("composite_rankings")
        if row["reporter_id"] == reporter_id and (row["scope"] == OVERALL) == is_overall
    ]


def _write_totals(sheet: Worksheet, styles: Styles, process: Process, sums: Mapping[str, str], row: int) -> int:
    """Totals, their places among all and in each group, and grades where the scheme has them; gives the last row."""
    bands = process.result.rows("grade_bands")
    sheet.write_string(row, 0, "总分和位次", styles.look("section"))
    labels = ["填报单位", "分类", "总分", "舍入后总分", "总位次", "分类位次"] + (["等次"] if bands else [])
    for index, label in enumerate(labels):
        sheet.write_string(row + 1, index, label, styles.look("header"))
    first, last = row + 2, row + 1 + len(sums)
    bands_first = last + 3
    for at, (reporter_id, total) in enumerate(sums.items(), start=first):
        for index, entry in enumerate(_total_line(process, reporter_id, total, at, (first, last), bands_first)):
            align = "left" if index < 2 else "center" if isinstance(entry.value, str) else "right"
            _write(sheet, styles, at, index, entry, FORMULA if entry.formula else "", align)
    if bands:
        _write_bands(sheet, styles, bands, last + 1)
    return bands_first + len(bands) if bands else last


def _total_line(
    process: Process, reporter_id: str, total: str, row: int, rows: tuple[int, int], bands_first: int
) -> Iterator[Entry]:
    result, decimals = process.result, process.scheme["score_decimals"]
    (overall,), groups = _places(process, reporter_id, is_overall=True), _places(process, reporter_id, is_overall=False)
    names = {known["group_id"]: known["group_name"] for known in result.reporters.values()}
    columns = {"group": 1, "total": 2, "rounded": 3}
    line, block = Line(columns, row), Block(columns, *rows)
    printed = figures.number(overall["score"], decimals)
    yield Entry(result.reporters.get(reporter_id, {}).get("reporter_name", reporter_id))
    yield Entry(names.get(groups[0]["scope"], groups[0]["scope"]) if groups else None)
    yield Entry(overall["score"], f"={total}", MARK)
    yield Entry(Decimal(printed.text), f"=ROUND({line['total']},{decimals})", printed.number_format)
    yield Entry(overall["rank"], f"=RANK({line['rounded']},{block.column('rounded')})", "0")
    if groups:
        same = f"({block.column('group')}={line['group']})"
        above = f"({block.column('rounded')}>{line['rounded']})"
        yield Entry(groups[0]["rank"], f"=1+SUMPRODUCT({same}*{above})", "0")
    else:
        yield Entry()
    bands = result.rows("grade_bands")
    if bands:
        ladder = Block({"grade": 0, "from": 1}, bands_first, bands_first + len(bands) - 1)
        reached = f"ISNUMBER({ladder.column('from')})*({ladder.column('from')}<={line['rounded']})"
        yield Entry(overall["grade"], f"=INDEX({ladder.column('grade')},1+SUMPRODUCT({reached}))")


def _write_bands(sheet: Worksheet, styles: Styles, bands: list[Row], row: int) -> None:
    """The grades from the lowest one up, as the formulas look them up."""
    for index, label in enumerate(("等次", "总分不低于", "低于", "依据")):
        sheet.write_string(row + 1, index, label, styles.look("header"))
    for at, band in enumerate(bands, start=row + 2):
        for index, key in enumerate(("grade", "score_from", "score_to")):
            _write(
                sheet, styles, at, index, Entry(band[key]), REGISTERED if index else "", "right" if index else "left"
            )
        sheet.write_string(at, 3, band["source"], styles.look("remark"))
