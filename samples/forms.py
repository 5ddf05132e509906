"""The two forms of a submission as bytes: the workbook a clerk fills in and the CSV file a system writes.

A workbook has a sheet for each table and for each list of tasks or items, a CSV file has the rows of all tables, each
with its programme. Labels come from
the contract of ingestion. The same submission always gives the same bytes.
"""

import csv
import io
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ingestion.contract import (
    BY_NAME,
    CSV_HEADER,
    ITEM_LEDGERS,
    NUMBER_COLUMNS,
    SAMPLE_LABEL,
    TABLE_SHEET,
    TASK_LEDGER,
    UNIT_LABEL,
)
from samples.figures import Table, TableRow
from samples.ledger_forms import fill_items, fill_tasks
from samples.sheets import BORDER, Styled, set_page, start_sheet, styles_of
from samples.submissions import Submission

GUIDE_SHEET = "填报说明"
_LONGEST_SHEET_NAME = 31
_HEADER = [BY_NAME["indicator"].label, UNIT_LABEL, *(c.label for c in NUMBER_COLUMNS), BY_NAME["note"].label]
_WIDTHS = [26, 9, 12, 14, 14, 10, 38]
_Fill = Callable[[Worksheet, Styled, Submission, Table], None]


def content_of(submission: Submission) -> bytes:
    """The file's bytes."""
    return _csv(submission) if submission.is_csv else _workbook(submission)


def _parts(table: Table) -> Iterator[tuple[str, _Fill]]:
    """What a table fills sheets with, each with the contract's name of the sheet."""
    if table.rows:
        yield TABLE_SHEET, _fill_table
    if table.tasks:
        yield TASK_LEDGER.sheet, fill_tasks
    for ledger in ITEM_LEDGERS:
        if lines := [line for line in table.items if line.item_kind == ledger.kind]:
            yield ledger.sheet, partial(fill_items, ledger=ledger, lines=lines)


def _csv(submission: Submission) -> bytes:
    """The long form in GB18030, as a Chinese office system exports it; every row is marked as sample data."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(CSV_HEADER)
    for table in submission.tables:
        for row in table.rows:
            cells = {
                "programme": table.programme["programme_name"],
                "reporter": submission.reporter["reporter_name"],
                "period": submission.month,
                "indicator": row.indicator_name,
                "note": "；".join(part for part in (SAMPLE_LABEL, row.note) if part),
            } | {column.name: _cell_text(getattr(row, column.name)) for column in NUMBER_COLUMNS}
            writer.writerow([cells[name] for name in CSV_HEADER])
    return text.getvalue().encode("gb18030")


def _workbook(submission: Submission) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    # The library would write the moment of its run as the document's creation.
    title = "、".join(table.programme["programme_name"] for table in submission.tables)
    book.set_properties({"title": title, "comments": SAMPLE_LABEL, "created": _month_end(submission.month)})
    styled = styles_of(book)
    names = []
    for number, table in enumerate(submission.tables):
        # From the second table on a sheet's name tells the programme too.
        suffix = table.programme["programme_name"] if number else ""
        for name, fill in _parts(table):
            names.append(f"{name}{suffix}"[:_LONGEST_SHEET_NAME])
            fill(book.add_worksheet(names[-1]), styled, submission, table)
    _fill_guide(book.add_worksheet(GUIDE_SHEET), styled, names)
    book.close()
    return stream.getvalue()


def _fill_table(sheet: Worksheet, styled: Styled, submission: Submission, table: Table) -> None:
    columns = list(zip(_HEADER, _WIDTHS, strict=True))
    header_row = start_sheet(sheet, styled, submission, table.programme, "月度报送表", columns)
    for row, line in enumerate(table.rows, start=header_row + 1):
        sheet.set_row(row, 32)
        _fill_row(sheet, styled, row, line)


def _fill_row(sheet: Worksheet, styled: Styled, line: int, row: TableRow) -> None:
    sheet.write_string(line, 0, row.indicator_name, styled(text_wrap=True, indent=1, **BORDER))
    sheet.write_string(line, 1, row.unit, styled(align="center", **BORDER))
    for offset, column in enumerate(NUMBER_COLUMNS):
        decimals = 1 if column.name == "growth_pct" else row.decimals
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        _write_figure(sheet, line, 2 + offset, getattr(row, column.name), styled(num_format=pattern, **BORDER))
    note = styled(text_wrap=True, font_size=10, indent=1, **BORDER)
    sheet.write(line, 2 + len(NUMBER_COLUMNS), row.note or None, note)


def _write_figure(sheet: Worksheet, line: int, column: int, value: Decimal | str | None, look: Format) -> None:
    """A number, a blank or, where the clerk slipped, a text."""
    if isinstance(value, Decimal):
        sheet.write_number(line, column, float(value), look)
    else:
        sheet.write(line, column, value, look)


def _fill_guide(sheet: Worksheet, styled: Styled, table_sheets: list[str]) -> None:
    lines = (
        f"本工作簿为{SAMPLE_LABEL}，数值均为虚构，不代表任何单位的实际情况。",
        f"请只在{''.join(f'“{name}”' for name in table_sheets)}表中填报，不改动表头、指标名称和单位；"
        "数字栏只填数字，没有发生的填 0。",
        *(f"{column.label}：{column.meaning}。" for column in NUMBER_COLUMNS),
    )
    sheet.set_column(0, 0, 100)
    set_page(sheet)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, GUIDE_SHEET, styled(bold=True, font_size=14))
    for line, text in enumerate(lines, start=1):
        sheet.set_row(line, 20)
        sheet.write_string(line, 0, f"{line}. {text}", styled(text_wrap=True))


def _month_end(month: str) -> datetime:
    year, number = map(int, month.split("-"))
    return datetime(year, number, monthrange(year, number)[1])


def _cell_text(value: Decimal | str | None) -> str:
    return "" if value is None else str(value)
