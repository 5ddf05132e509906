"""The xlsx form: the same tables as the page, as sheets that filter, compute and print on A4."""

from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ingestion.contract import SAMPLE_LABEL
from reports.catalogue import DRAFT_MARK
from reports.notice import Notice
from reports.read import ResultSet
from reports.styles import LINE, Styles, lines_of
from reports.tables import Column, Table

# Texts of submissions stay texts: no formula, no link, no number, whatever they begin with.
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_A4 = 9
_NOTE_WIDTH = 110
_LONGEST_TEXT = 32_767  # the format's own limit for one cell


def render_workbook(notice: Notice, result: ResultSet) -> bytes:
    """The whole workbook; its creation date is the as-of, so that the same result gives the same bytes."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"title": notice.title, "author": "", "created": result.as_of})
        styles = Styles(book)
        if notice.revision is not None:
            _sheet(book, styles, notice, "修订", [notice.revision], notice.revision_remarks)
        _sheet(book, styles, notice, "总表", [notice.overview])
        _ranking(book, styles, notice)
        if notice.single is not None:
            _sheet(book, styles, notice, "单一来源", [notice.single])
        _sheet(book, styles, notice, "文件目标", [notice.city])
        _sheet(book, styles, notice, "报送情况", [notice.submissions, notice.findings])
        _notes(book, styles, notice)
    return buffer.getvalue()


def _ranking(book: xlsxwriter.Workbook, styles: Styles, notice: Notice) -> None:
    """All rankings below each other, each a filterable table on a printed page of its own."""
    sheet = book.add_worksheet("排名")
    tables = [block.table for block in notice.blocks]
    last = max((len(table.columns) for table in tables), default=2) - 1
    row = _head(sheet, styles, notice, "排名", last, [])
    breaks = []
    for position, table in enumerate(tables):
        if position:
            row += 1
            breaks.append(row)
        row = _section(sheet, styles, row, f"{table.title}　{table.remark}")
        start, row = row, _table(sheet, styles, table, row)
        _filter(sheet, styles.look("header"), table, start, position + 1)
    sheet.set_h_pagebreaks(breaks)
    sheet.freeze_panes(0, 1)
    _widths(sheet, tables)
    _print_setup(sheet, notice)


def _filter(sheet: Worksheet, look: Format, table: Table, start: int, number: int) -> None:
    """Sorting and filtering of the reporters' rows; the city's row stays below."""
    count = sum(row.kind == "reporter" for row in table.rows)
    if count:
        options = {
            "name": f"ranking_{number}",
            "style": None,
            "columns": [{"header": _heading(column), "header_format": look} for column in table.columns],
        }
        sheet.add_table(start, 0, start + count, len(table.columns) - 1, options)


def _sheet(
    book: xlsxwriter.Workbook,
    styles: Styles,
    notice: Notice,
    name: str,
    tables: list[Table],
    remarks: list[str] | None = None,
) -> None:
    """One sheet: head, then its tables below each other. The first table's header is frozen and repeats in print."""
    sheet = book.add_worksheet(name)
    last = max(len(table.columns) for table in tables) - 1
    row = _head(sheet, styles, notice, name, last, remarks or [])
    header_end = row + (2 if tables[0].bands else 1)
    sheet.freeze_panes(header_end, 1)
    if len(tables) == 1:
        sheet.repeat_rows(row, header_end - 1)
    for position, table in enumerate(tables):
        if position:
            row = _section(sheet, styles, row + 1, table.title)
        row = _table(sheet, styles, table, row)
    _widths(sheet, tables)
    _print_setup(sheet, notice)


def _widths(sheet: Worksheet, tables: list[Table]) -> None:
    for index in range(max((len(table.columns) for table in tables), default=0)):
        widths = [table.columns[index].width for table in tables if index < len(table.columns)]
        sheet.set_column(index, index, max(widths))


def _head_lines(notice: Notice, remarks: list[str]) -> list[tuple[str, str, int]]:
    """Title lines of a sheet as (look, text, height in points)."""
    lines = [("draft", DRAFT_MARK, 32)] if notice.edition.is_draft else []
    lines.append(("title", notice.title, 28))
    if notice.is_sample:
        lines.append(("sample", SAMPLE_LABEL, 18))
    lines.append(("fact", "　".join(f"{label}：{value}" for label, value in notice.facts), 16))
    lines += [("statement", statement, 16) for statement in notice.statements]
    return lines + [("fact", remark, 16) for remark in remarks]


def _head(sheet: Worksheet, styles: Styles, notice: Notice, name: str, last: int, remarks: list[str]) -> int:
    for row, (look, words, height) in enumerate(_head_lines(notice, remarks)):
        shown = f"{words}　{name}" if look == "title" else words
        sheet.merge_range(row, 0, row, max(last, 1), "", styles.look(look))
        sheet.write_string(row, 0, shown, styles.look(look))
        sheet.set_row(row, height)
    return len(_head_lines(notice, remarks))


def _section(sheet: Worksheet, styles: Styles, row: int, title: str) -> int:
    sheet.write_string(row, 0, title, styles.look("section"))
    return row + 1


def _table(sheet: Worksheet, styles: Styles, table: Table, row: int) -> int:
    """Writes header and rows from `row` on and gives the first row below."""
    row = _header(sheet, styles, table, row)
    for line in table.rows:
        for index, column in enumerate(table.columns):
            cell = line.cell(column.key)
            look = styles.cell(cell, column.align, line.kind)
            if cell.number is not None:
                sheet.write_number(row, index, float(cell.number), look)
            elif cell.text:
                sheet.write_string(row, index, cell.text[:_LONGEST_TEXT], look)
            else:
                sheet.write_blank(row, index, None, look)
        sheet.set_row(row, LINE * max(lines_of(line.cell(c.key).text, c.width) for c in table.columns))
        row += 1
    if not table.rows:
        sheet.write_string(row, 0, "无", styles.look("fact"))
        row += 1
    return row


def _header(sheet: Worksheet, styles: Styles, table: Table, row: int) -> int:
    look = styles.look("header")
    index = 0
    for label, span in table.bands:
        if label and span > 1:
            sheet.merge_range(row, index, row, index + span - 1, label, look)
        elif label:
            sheet.write_string(row, index, label, look)
        else:
            sheet.merge_range(row, index, row + 1, index, table.columns[index].label, look)
        index += span
    label_row = row + 1 if table.bands else row
    for index, column in enumerate(table.columns):
        if not (table.bands and index == 0):
            sheet.write_string(label_row, index, _heading(column), look)
    sheet.set_row(label_row, LINE * max(lines_of(c.label, c.width) + bool(c.unit) for c in table.columns))
    return label_row + 1


def _heading(column: Column) -> str:
    return column.label + (f"\n（{column.unit}）" if column.unit else "")


def _notes(book: xlsxwriter.Workbook, styles: Styles, notice: Notice) -> None:
    sheet = book.add_worksheet("说明")
    row = _head(sheet, styles, notice, "说明", 1, [])
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 1, _NOTE_WIDTH)
    row = _section(sheet, styles, row, "亮灯标准")
    for light in notice.lights:
        sheet.write_string(row, 0, light.word, styles.light(light.colour))
        sheet.write_string(row, 1, f"{light.label}　依据：{light.source}", styles.look("note"))
        row += 1
    for title, pairs in (("空缺与零的区别", notice.nothings), ("计算与排名规则", notice.notes)):
        row = _section(sheet, styles, row + 1, title)
        row = _pairs(sheet, styles, row, pairs)
    _print_setup(sheet, notice)


def _pairs(sheet: Worksheet, styles: Styles, row: int, pairs: Any) -> int:
    for term, note in pairs:
        sheet.write_string(row, 0, term, styles.look("term"))
        sheet.write_string(row, 1, note, styles.look("note"))
        sheet.set_row(row, LINE * lines_of(note, _NOTE_WIDTH))
        row += 1
    return row


def _print_setup(sheet: Worksheet, notice: Notice) -> None:
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    sheet.set_footer(f"&L{notice.edition.label}&C第 &P 页 共 &N 页")
