"""Fills a template in as a clerk would, with a library the writer does not use."""

from datetime import datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.contract import (
    BY_NAME,
    COVER_COLUMNS,
    COVER_SHEET,
    ITEM_LEDGERS,
    NUMBER_COLUMNS,
    TABLE_SHEET,
    TASK_COLUMNS,
    TASK_LEDGER,
)

HEADER_ROW = 3
Cells = dict[str, object]


def labels_of(sheet: Worksheet) -> dict[str, int]:
    """Column numbers by label."""
    return {str(cell.value): cell.column for cell in sheet[HEADER_ROW] if cell.value}


def lines_of(sheet: Worksheet) -> list[int]:
    """The rows below the labels whose first cell is filled in."""
    return [row for row in range(HEADER_ROW + 1, sheet.max_row + 1) if sheet.cell(row, 1).value]


def fill(path: Path, cover: Cells | None = None) -> dict[str, dict[str, Cells]]:
    """Fills every open cell with a value of its own and saves; what was written, by kind and by the line's name."""
    book = load_workbook(path)
    written = {"table": _fill_table(book[TABLE_SHEET])} if TABLE_SHEET in book.sheetnames else {}
    if TASK_LEDGER.sheet in book.sheetnames:
        written["task"] = _fill_tasks(book[TASK_LEDGER.sheet])
    for ledger in ITEM_LEDGERS:
        if ledger.sheet in book.sheetnames:
            written[ledger.kind] = _fill_items(book[ledger.sheet], ledger.kind)
    fill_cover(book[COVER_SHEET], cover or {"filled_by": "张三", "reviewed_by": "李四"})
    book.save(path)
    return written


def fill_cover(sheet: Worksheet, values: Cells) -> None:
    """Writes beside the cover's labels."""
    rows = {str(row[0].value): row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value}
    for column in COVER_COLUMNS:
        if column.name in values:
            sheet.cell(rows[column.label], 2).value = values[column.name]


def _fill_table(sheet: Worksheet) -> dict[str, Cells]:
    columns, written = labels_of(sheet), {}
    for row in lines_of(sheet):
        values: Cells = {}
        for offset, column in enumerate(NUMBER_COLUMNS):
            cell = sheet.cell(row, columns[column.label])
            if not cell.protection.locked:
                values[column.name] = cell.value = row * 10 + offset
        values["note"] = sheet.cell(row, columns[BY_NAME["note"].label]).value = f"说明{row}"
        written[sheet.cell(row, 1).value] = values
    return written


def _fill_tasks(sheet: Worksheet) -> dict[str, Cells]:
    columns, written = labels_of(sheet), {}
    for row in lines_of(sheet):
        values: Cells = {"status": "推进中"}
        values |= {column.name: f"{column.label}{row}" for column in TASK_COLUMNS[3:]}
        for column in TASK_COLUMNS[2:]:
            cell = sheet.cell(row, columns[column.label])
            assert not cell.protection.locked
            cell.value = values[column.name]
        written[sheet.cell(row, columns[TASK_COLUMNS[0].label]).value] = values
    return written


def _fill_items(sheet: Worksheet, kind: str) -> dict[str, Cells]:
    columns = {column.name: sheet.cell(HEADER_ROW, position).column for position, column in _item_columns(kind)}
    values: Cells = {"item": f"示范{kind}", "item_code": "0012", "status": "申报中", "note": "无"}
    values |= {"started_on": datetime(2021, 3, 5), "finished_on": "2021年4月30日"}
    for name, value in values.items():
        sheet.cell(HEADER_ROW + 1, columns[name]).value = value
    return {str(values["item"]): values}


def _item_columns(kind: str) -> list[tuple[int, object]]:
    ledger = next(ledger for ledger in ITEM_LEDGERS if ledger.kind == kind)
    return list(enumerate(ledger.columns, start=1))
