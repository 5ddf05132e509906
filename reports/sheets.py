"""Draws tables on sheets of a workbook: head, tables below each other on one grid, filters, charts, print set-up."""

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from ingestion.contract import SAMPLE_LABEL
from reports.catalogue import DRAFT_MARK, ILLUSTRATIVE_MARK
from reports.notice import Notice
from reports.sheet_plan import CONTENTS, GENERAL, Sheet
from reports.styles import LINE, Styles, lines_of, width_of
from reports.tables import Column, Table

_A4 = 9
_LONGEST_TEXT = 32_767  # the format's own limits: characters in a cell, points of a row
_TALLEST = 409
_ROW, _TITLE_ROWS = 15, 20  # points of a row whose height is not set, and what title lines take beyond it
_CHART_PIXELS, _SMALL_CHART_PIXELS, _WIDEST_CHART = 380, 220, 1180
_LEAST_USED = 0.45  # of a page: emptier ones would be left behind by tables that begin on the next
_FEW_LINES = 4  # as few fit a small chart
_TEXT_WIDTH = 20  # a column so wide holds texts
_LEAST_WIDTH = 110  # of a sheet: its title and facts need so much
_MARK_REMARK = f"标“{ILLUSTRATIVE_MARK}”的目标为示例分解，文件没有分解到各单位；由此算出的完成率、亮灯和位次同为示例。"
_CELL = 5  # width of the fine grid's columns, in half-width characters
_FILLS = 0.55  # a table at least so wide is widened to the whole page
_PAGE_WIDTH, _PAGE_HEIGHT = 780, 510  # points of A4 across within our margins, a little less than there are
_LEAST_SCALE = 0.45  # smaller can't be read: the sheet then takes pages side by side

Spans = list[tuple[int, int]]


@dataclass(frozen=True)
class Binder:
    """A workbook that is being written, its formats and what it is made from."""

    book: xlsxwriter.Workbook
    styles: Styles
    notice: Notice


class Pages:
    """Where printed pages end: before what would not fit whole on the rest of one."""

    def __init__(self, grid: list[int]) -> None:
        """A page holds as much as its scale lets it; `grid` are the widths of the sheet's columns."""
        fitting = _PAGE_WIDTH / sum(0.75 * (7 * width + 5) for width in grid)
        self.across = 1 if fitting >= _LEAST_SCALE else math.ceil(_LEAST_SCALE / fitting)
        self.breaks: list[int] = []
        self._height = _PAGE_HEIGHT / min(fitting * self.across, 1)
        self._used = 0.0

    def place(self, row: int, points: float, is_on_new: bool = False) -> None:
        """Something of that height begins at `row`."""
        is_over = self._used + points > self._height >= points
        if self._used and (is_on_new or is_over and self._used > _LEAST_USED * self._height):
            self.breaks.append(row)
            self._used = 0.0
        self.flow(points)

    def flow(self, points: float) -> None:
        """Something of that height follows, on this page and the next ones if need be."""
        self._used = (self._used + points) % self._height


def draw_sheet(binder: Binder, sheet: Sheet) -> None:
    """One sheet of the plan, complete."""
    page = binder.book.add_worksheet(sheet.name)
    grid = _grid(sheet)
    pages, last = Pages(grid), len(grid) - 1
    first = row = draw_head(binder, page, sheet.heading, grid, sheet.above + _mark_remarks(sheet))
    if any(_has_light(table) for table in sheet.tables):
        first = row = _legend(binder, page, row, last)
    pages.place(0, _TITLE_ROWS + _ROW * row)
    for position, table in enumerate(sheet.tables):
        row = _draw_titled(binder, page, sheet, position, row, grid, pages)
        if position == 0:
            for remark in sheet.below:
                _across(binder, page, row, remark, grid, "fact")
                row += 1
            pages.flow(_ROW * len(sheet.below))
        if table.table_id == sheet.charted:
            row = _chart(binder, page, table, row, grid, pages)
    _freeze(page, sheet, first)
    for index, width in enumerate(grid):
        page.set_column(index, index, width)
    page.set_h_pagebreaks(pages.breaks)
    finish(binder, page, row, last, pages.across)


def draw_head(binder: Binder, page: Worksheet, heading: str, widths: list[int], remarks: list[str]) -> int:
    """Link to the contents, title, sample mark, facts and remarks over columns of these widths; gives the next row."""
    if page.name != CONTENTS:
        page.write_url(0, 0, f"internal:'{CONTENTS}'!A1", binder.styles.look("link"), string=f"返回{CONTENTS}")
    page.set_row(0, 14)
    lines = _head_lines(binder.notice, heading, remarks)
    for row, (look, words, height) in enumerate(lines, start=1):
        _across(binder, page, row, words, widths, look)
        if height:
            page.set_row(row, height)
    return len(lines) + 1


def finish(binder: Binder, page: Worksheet, end: int, last: int, across: int = 1) -> None:
    """A4 landscape, `across` pages wide, with edition and page numbers; printed to row `end` and column `last`.

    The link to the contents in the first row is not printed.
    """
    page.set_paper(_A4)
    page.set_landscape()
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.center_horizontally()
    page.fit_to_pages(across, 0)
    if across > 1:
        page.repeat_columns(0, 0)
    page.hide_gridlines(2)
    page.set_footer(f"&L{binder.notice.edition.label}&C第 &P 页 共 &N 页&R&A")
    page.print_area(1, 0, end, last)


def _draw_titled(
    binder: Binder, page: Worksheet, sheet: Sheet, position: int, row: int, grid: list[int], pages: Pages
) -> int:
    """A table under its title, with its filter; gives the first row below."""
    table = sheet.tables[position]
    has_title = bool(position or sheet.is_paged or sheet.part != GENERAL)
    spans = _spans_of(sheet, table, grid)
    # Each column but the first adds the five pixels of its padding to a merged cell.
    widths = [sum(grid[start : end + 1]) + 5 * (end - start) // 7 for start, end in spans]
    heights = _heights(table, widths)
    if position:
        pages.place(row, sum(heights) + 2 * _ROW, is_on_new=sheet.is_paged)
    else:
        pages.flow(sum(heights) + _ROW)
    if has_title:
        row += bool(position)
        title = "　".join(filter(None, (table.title, table.remark)))
        page.write_string(row, 0, title, binder.styles.look("section"))
        row += 1
    label_row, end = _draw(binder, page, table, row, spans, heights)
    if position == 0 or sheet.is_paged:
        _filter(binder, page, sheet, table, label_row, spans, position)
    if len(sheet.tables) == 1 and not sheet.is_paged:
        page.repeat_rows(label_row - bool(table.bands), label_row)
    return end


def _heights(table: Table, widths: list[int]) -> list[int]:
    """Points of the header and of each row."""
    columns = list(zip(table.columns, widths, strict=True))
    header = max(lines_of(column.label, width) + bool(column.unit) for column, width in columns)
    rows = [
        max(lines_of(cell.text, width) if (cell := row.cell(c.key)).number is None else 1 for c, width in columns)
        for row in table.rows
    ]
    return [min(LINE * lines, _TALLEST) for lines in (header, *rows)]


def _draw(binder: Binder, page: Worksheet, table: Table, row: int, spans: Spans, heights: list[int]) -> tuple[int, int]:
    """Header and rows from `row` on; gives the row of the header's labels and the first row below."""
    label_row = _header(binder.styles, page, table, row, spans)
    page.set_row(label_row, heights[0])
    row = label_row + 1
    columns = [
        (column.key, column.align, start, end) for column, (start, end) in zip(table.columns, spans, strict=True)
    ]
    for line, height in zip(table.rows, heights[1:], strict=True):
        for key, align, start, end in columns:
            cell = line.cell(key)
            look = binder.styles.cell(cell, align, line.kind)
            if end > start:
                page.merge_range(row, start, row, end, "", look)
            if cell.number is not None:
                page.write_number(row, start, float(cell.number), look)
            elif cell.text:
                page.write_string(row, start, cell.text[:_LONGEST_TEXT], look)
            else:
                page.write_blank(row, start, None, look)
        page.set_row(row, height)
        row += 1
    if not table.rows:
        page.write_string(row, 0, "无", binder.styles.look("fact"))
        row += 1
    return label_row, row


def _grid(sheet: Sheet) -> list[int]:
    """Widths of the sheet's columns.

    A form has many narrow ones, over which each table lays its own; else they are those of the widest table, or, where
    every table filters, wide enough for all.
    """
    every = [_widths(table) for table in sheet.tables]
    if sheet.is_form:
        return [_CELL] * max(sum(-(-width // _CELL) for width in widths) for widths in every)
    if sheet.is_paged:
        length = max(len(widths) for widths in every)
        return [max(widths[index] for widths in every if index < len(widths)) for index in range(length)]
    grid = max(every, key=len)
    # A chart's numbers stand side by side: half a merged cell would be a gap in its line.
    kept = [widths for table, widths in zip(sheet.tables, every, strict=True) if table.table_id == sheet.charted]
    kept += [grid, *([widths[0]] for widths in every)]
    longest = max(len(widths) for widths in every)
    grid = [max((w[index] for w in kept if index < len(w)), default=2 * _CELL) for index in range(longest)]
    return grid + [2 * _CELL] * -(-max(_LEAST_WIDTH - sum(grid), 0) // (2 * _CELL))


def _widths(table: Table) -> list[int]:
    """Width of each column so that no number in it turns into hash marks; texts break over lines instead."""
    return [max(column.width, _longest_number(table, column)) for column in table.columns]


def _longest_number(table: Table, column: Column) -> int:
    texts = {cell.text + cell.mark for row in table.rows if (cell := row.cell(column.key)).number is not None}
    return max((width_of(words) + 2 for words in texts), default=0)


def _spans_of(sheet: Sheet, table: Table, grid: list[int]) -> Spans:
    if sheet.is_form:
        return _fine_spans(table, grid)
    if sheet.is_paged or table.table_id == sheet.charted:
        return [(index, index) for index in range(len(table.columns))]
    return _spans(table, grid)


def _spans(table: Table, grid: list[int]) -> Spans:
    """The grid columns that each column of a table takes: enough for its width, one at least, never into the margin."""
    spans, start = [], 0
    widths = _widths(table)
    for index, width in enumerate(widths):
        end, last = start, len(grid) - (len(widths) - index)
        while sum(grid[start : end + 1]) < width and end < last:
            end += 1
        spans.append((start, end))
        start = end + 1
    return spans


def _fine_spans(table: Table, grid: list[int]) -> Spans:
    """The same on the fine grid; a table nearly as wide as the page is widened to all of it, by its texts."""
    widths = _widths(table)
    counts = [-(-width // _CELL) for width in widths]
    spare = len(grid) - sum(counts)
    if sum(counts) >= _FILLS * len(grid):
        texts = [index for index, width in enumerate(widths) if index == 0 or width >= _TEXT_WIDTH]
        for turn in range(spare):
            counts[texts[turn % len(texts)]] += 1
    ends = list(accumulate(counts))
    return [(end - count, end - 1) for count, end in zip(counts, ends, strict=True)]


def _has_light(table: Table) -> bool:
    return any(column.key.rpartition(".")[2] == "light" for column in table.columns)


def _freeze(page: Worksheet, sheet: Sheet, first: int) -> None:
    """Headers stay in sight where one table runs down the sheet; else only the first column does."""
    main = sheet.tables[0]
    if sheet.is_form:
        page.freeze_panes(2, 0)
        return
    is_leading = not sheet.is_paged and len(main.rows) >= max(len(table.rows) for table in sheet.tables)
    header_end = first + 1 + bool(main.bands) + (sheet.part != GENERAL)
    page.freeze_panes(header_end if is_leading else 0, 1)


def _filter(
    binder: Binder, page: Worksheet, sheet: Sheet, table: Table, label_row: int, spans: Spans, position: int
) -> None:
    """Sorting and filtering of the reporters' rows; the city's row stays below."""
    count = sum(row.kind == "reporter" for row in table.rows)
    if any(row.kind == "group" for row in table.rows) or table.bands or not count or any(a != b for a, b in spans):
        return
    if not sheet.is_paged:
        page.autofilter(label_row, 0, label_row + count, len(table.columns) - 1)
        return
    options = {
        "name": f"ranking_{position + 1}",
        "style": None,
        "columns": [
            {"header": _heading(column), "header_format": binder.styles.look("header")} for column in table.columns
        ],
    }
    page.add_table(label_row, 0, label_row + count, len(table.columns) - 1, options)


def _chart(binder: Binder, page: Worksheet, table: Table, row: int, grid: list[int], pages: Pages) -> int:
    """The reporters' rows as lines over the table's columns, live and below it; the city's sum would dwarf them."""
    chart = binder.book.add_chart({"type": "line"})
    label_row, last = row - len(table.rows) - 1, len(table.columns) - 1
    for offset, line in enumerate(table.rows, start=1):
        if line.kind == "reporter":
            chart.add_series(
                {
                    "name": [page.name, label_row + offset, 0],
                    "categories": [page.name, label_row, 1, label_row, last],
                    "values": [page.name, label_row + offset, 1, label_row + offset, last],
                    "marker": {"type": "automatic", "size": 5},
                    "line": {"width": 1.75},
                }
            )
    chart.set_title({"name": table.title, "name_font": {"size": 12}, "overlay": False})
    chart.set_legend({"position": "right"})
    chart.show_blanks_as("gap")
    width = min(sum(7 * column + 5 for column in grid), _WIDEST_CHART)
    lines = sum(line.kind == "reporter" for line in table.rows)
    height = _CHART_PIXELS if lines > _FEW_LINES else _SMALL_CHART_PIXELS
    chart.set_size({"width": width, "height": height})
    points = 0.75 * height
    pages.place(row, points + 2 * _ROW)
    page.insert_chart(row + 1, 0, chart, {"description": table.title})
    return row + 2 + int(points / _ROW)


def _legend(binder: Binder, page: Worksheet, row: int, last: int) -> int:
    """What each light stands for, in one line with a sample of its colour."""
    parts: list[Any] = []
    for light in binder.notice.lights:
        parts += [binder.styles.ink(light.colour), f"■{light.word}", binder.styles.look("fact"), f"：{light.label}　"]
    sources = "、".join(dict.fromkeys(light.source for light in binder.notice.lights))
    if not parts:
        return row
    page.merge_range(row, 0, row, max(last, 1), "", binder.styles.look("fact"))
    page.write_rich_string(row, 0, "亮灯　", *parts, f"依据：{sources}", binder.styles.look("fact"))
    page.set_row(row, 16)
    return row + 1


def _across(binder: Binder, page: Worksheet, row: int, words: str, widths: list[int], look: str) -> None:
    """A sentence over the whole width, in as many lines as it takes."""
    page.merge_range(row, 0, row, len(widths) - 1, "", binder.styles.look(look))
    page.write_string(row, 0, words[:_LONGEST_TEXT], binder.styles.look(look))
    page.set_row(row, min(LINE * lines_of(words, sum(widths)), _TALLEST))


def _mark_remarks(sheet: Sheet) -> list[str]:
    """What the mark at a figure means, on a sheet that has one."""
    cells = (row.cell(column.key) for table in sheet.tables for row in table.rows for column in table.columns)
    return [_MARK_REMARK] if any(cell.mark for cell in cells) else []


def _head_lines(notice: Notice, heading: str, remarks: list[str]) -> list[tuple[str, str, int]]:
    """Title lines of a sheet as (look, text, height in points or 0 for as many lines as it takes)."""
    lines = [("draft", DRAFT_MARK, 32)] if notice.edition.is_draft else []
    lines.append(("title", f"{notice.title}　{heading}", 28))
    if notice.is_sample:
        lines.append(("sample", SAMPLE_LABEL, 18))
    lines.append(("fact", "　".join(f"{label}：{value}" for label, value in notice.facts), 0))
    return lines + [("fact", remark, 0) for remark in remarks]


def _header(styles: Styles, page: Worksheet, table: Table, row: int, spans: Spans) -> int:
    """Gives the row of the labels."""
    look = styles.look("header")
    index = 0
    for label, span in table.bands:
        if label and span > 1:
            page.merge_range(row, index, row, index + span - 1, label, look)
        elif label:
            page.write_string(row, index, label, look)
        else:
            page.merge_range(row, index, row + 1, index, table.columns[index].label, look)
        index += span
    label_row = row + 1 if table.bands else row
    for index, (column, (start, end)) in enumerate(zip(table.columns, spans, strict=True)):
        if table.bands and index == 0:
            continue
        if end > start:
            page.merge_range(label_row, start, label_row, end, "", look)
        page.write_string(label_row, start, _heading(column), look)
    return label_row


def _heading(column: Column) -> str:
    return column.label + (f"\n（{column.unit}）" if column.unit else "")
