"""The two forms of a submission as bytes: the workbook a clerk fills in and the CSV file a system writes.

A workbook has a sheet for each table, a CSV file has the rows of all of them, each with its programme. Labels come from
the contract of ingestion. The same submission always gives the same bytes.
"""

import csv
import io
from calendar import monthrange
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ingestion.contract import BY_NAME, CSV_HEADER, HEAD_COLUMNS, NUMBER_COLUMNS, SAMPLE_LABEL, TABLE_SHEET, UNIT_LABEL
from ingestion.periods import parse_period
from samples.figures import Table, TableRow
from samples.submissions import Submission

GUIDE_SHEET = "填报说明"
_LONGEST_SHEET_NAME = 31
_A4 = 9
_HEAD_ROW = 2
_TABLE_ROW = _HEAD_ROW + len(HEAD_COLUMNS) + 1
_HEADER = [BY_NAME["indicator"].label, UNIT_LABEL, *(c.label for c in NUMBER_COLUMNS), BY_NAME["note"].label]
_WIDTHS = [26, 9, 12, 14, 14, 10, 38]
_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_BORDER = {"border": 1, "border_color": "#8C8C8C"}
_Formats = Callable[..., Format]


def content_of(submission: Submission) -> bytes:
    """The file's bytes."""
    return _csv(submission) if submission.is_csv else _workbook(submission)


def _sheet_names(submission: Submission) -> list[str]:
    """The sheets of a workbook's tables: the contract's name, with the programme's from the second on."""
    later = [f"{TABLE_SHEET}{table.programme['programme_name']}" for table in submission.tables[1:]]
    return [TABLE_SHEET, *(name[:_LONGEST_SHEET_NAME] for name in later)]


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
    formats: dict[str, Format] = {}

    def styled(**properties: object) -> Format:
        """One format per distinct look, in order of first use."""
        look = repr(properties)
        if look not in formats:
            formats[look] = book.add_format(_FONT | properties)
        return formats[look]

    names = _sheet_names(submission)
    for name, table in zip(names, submission.tables, strict=True):
        _fill_table(book.add_worksheet(name), styled, submission, table)
    _fill_guide(book.add_worksheet(GUIDE_SHEET), styled, names)
    book.close()
    return stream.getvalue()


def _fill_table(sheet: Worksheet, styled: _Formats, submission: Submission, table: Table) -> None:
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    _set_page(sheet)
    programme_name = table.programme["programme_name"]
    title = styled(bold=True, font_size=16, align="center")
    sheet.merge_range(0, 0, 0, len(_HEADER) - 1, f"{programme_name}月度报送表（{SAMPLE_LABEL}）", title)
    sheet.set_row(0, 30)
    names = (programme_name, submission.reporter["reporter_name"], parse_period(submission.month).label)
    for offset, (column, value) in enumerate(zip(HEAD_COLUMNS, names, strict=True)):
        sheet.set_row(_HEAD_ROW + offset, 20)
        sheet.write_string(
            _HEAD_ROW + offset, 0, column.label, styled(bold=True, bg_color="#F2F2F2", indent=1, **_BORDER)
        )
        sheet.merge_range(
            _HEAD_ROW + offset, 1, _HEAD_ROW + offset, 3, value, styled(align="left", indent=1, **_BORDER)
        )
    header = styled(bold=True, align="center", bg_color="#D9E2F3", text_wrap=True, **_BORDER)
    sheet.write_row(_TABLE_ROW, 0, _HEADER, header)
    sheet.set_row(_TABLE_ROW, 24)
    for offset, row in enumerate(table.rows, start=1):
        sheet.set_row(_TABLE_ROW + offset, 32)
        _fill_row(sheet, styled, _TABLE_ROW + offset, row)
    sheet.repeat_rows(_TABLE_ROW)
    sheet.freeze_panes(_TABLE_ROW + 1, 1)


def _fill_row(sheet: Worksheet, styled: _Formats, line: int, row: TableRow) -> None:
    sheet.write_string(line, 0, row.indicator_name, styled(text_wrap=True, indent=1, **_BORDER))
    sheet.write_string(line, 1, row.unit, styled(align="center", **_BORDER))
    for offset, column in enumerate(NUMBER_COLUMNS):
        decimals = 1 if column.name == "growth_pct" else row.decimals
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        _write_figure(sheet, line, 2 + offset, getattr(row, column.name), styled(num_format=pattern, **_BORDER))
    note = styled(text_wrap=True, font_size=10, indent=1, **_BORDER)
    sheet.write(line, 2 + len(NUMBER_COLUMNS), row.note or None, note)


def _write_figure(sheet: Worksheet, line: int, column: int, value: Decimal | str | None, look: Format) -> None:
    """A number, a blank or, where the clerk slipped, a text."""
    if isinstance(value, Decimal):
        sheet.write_number(line, column, float(value), look)
    else:
        sheet.write(line, column, value, look)


def _fill_guide(sheet: Worksheet, styled: _Formats, table_sheets: list[str]) -> None:
    lines = (
        f"本工作簿为{SAMPLE_LABEL}，数值均为虚构，不代表任何单位的实际情况。",
        f"请只在{''.join(f'“{name}”' for name in table_sheets)}表中填报，不改动表头、指标名称和单位；"
        "数字栏只填数字，没有发生的填 0。",
        *(f"{column.label}：{column.meaning}。" for column in NUMBER_COLUMNS),
    )
    sheet.set_column(0, 0, 100)
    _set_page(sheet)
    sheet.set_row(0, 30)
    sheet.write_string(0, 0, GUIDE_SHEET, styled(bold=True, font_size=14))
    for line, text in enumerate(lines, start=1):
        sheet.set_row(line, 20)
        sheet.write_string(line, 0, f"{line}. {text}", styled(text_wrap=True))


def _set_page(sheet: Worksheet) -> None:
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.6, right=0.6)
    sheet.center_horizontally()


def _month_end(month: str) -> datetime:
    year, number = map(int, month.split("-"))
    return datetime(year, number, monthrange(year, number)[1])


def _cell_text(value: Decimal | str | None) -> str:
    return "" if value is None else str(value)
