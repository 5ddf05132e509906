"""The sheets 任务, 项目, 企业 and 平台 of a sample workbook, with the labels of the contract."""

from datetime import date, datetime, time

from xlsxwriter.worksheet import Worksheet

from ingestion.contract import CLAUSE_LABEL, DUE_LABEL, TASK_COLUMNS, Ledger
from samples.figures import Table
from samples.items import ItemLine
from samples.sheets import BORDER, Styled, start_sheet
from samples.submissions import Submission
from samples.tasks import TEXTS

_LABELS = {column.name: column.label for column in TASK_COLUMNS}
_TASK_WIDTHS = {"task": 34, "status": 9, "progress": 38, "problem": 26, "next_step": 28, "task_number": 20}
_TASK_ORDER = ("status", *TEXTS, "task_number")
_TASK_HEADER = [
    (_LABELS["task"], _TASK_WIDTHS["task"]),
    (CLAUSE_LABEL, 10),
    (DUE_LABEL, 9),
    *((_LABELS[name], _TASK_WIDTHS[name]) for name in _TASK_ORDER),
]
_ITEM_WIDTHS = {"item": 30, "item_code": 16, "indicator": 26, "status": 9, "note": 34}
_DATE_WIDTH = 14
_DATE_FORMAT = "yyyy-mm-dd"


def fill_tasks(sheet: Worksheet, styled: Styled, submission: Submission, table: Table) -> None:
    """One line a task; a task of which nothing is told has blank cells."""
    header_row = start_sheet(sheet, styled, submission, table.programme, "任务进展表", _TASK_HEADER)
    text = styled(text_wrap=True, font_size=10, **BORDER)
    for row, line in enumerate(table.tasks, start=header_row + 1):
        sheet.set_row(row, 48)
        task = line.task
        told = (line.status, *(getattr(line, name) for name in TEXTS))
        for column, value in enumerate((task["task"], task["clause"], task["due"], *told, task["task_id"])):
            sheet.write(row, column, value or None, text)


def fill_items(
    sheet: Worksheet, styled: Styled, submission: Submission, table: Table, ledger: Ledger, lines: list[ItemLine]
) -> None:
    """One line an item of one kind."""
    columns = [(column.label, _ITEM_WIDTHS.get(column.name, _DATE_WIDTH)) for column in ledger.columns]
    header_row = start_sheet(sheet, styled, submission, table.programme, f"{ledger.sheet}台账", columns)
    text = styled(text_wrap=True, font_size=10, **BORDER)
    day = styled(num_format=_DATE_FORMAT, align="center", font_size=10, **BORDER)
    for row, line in enumerate(lines, start=header_row + 1):
        sheet.set_row(row, 32)
        for position, column in enumerate(ledger.columns):
            value = getattr(line, column.name)
            if isinstance(value, date):
                sheet.write_datetime(row, position, datetime.combine(value, time()), day)
            else:
                sheet.write(row, position, value or None, text)
