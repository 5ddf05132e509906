"""Reads a written file back with libraries the generator does not write with."""

import csv
import io
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.contract import BY_NAME, NUMBER_COLUMNS, TABLE_SHEET
from samples import SampleFile

Row = dict[str, object]
Table = dict[str, Row]
LABELS = {BY_NAME[name].label: name for name in ("programme", "reporter", "period")}


def table_of(path: Path) -> Table:
    """The first table's rows by indicator name; figures as Decimal, blank as None, anything else as found."""
    return next(iter(tables_of(path).values()))


def tables_of(path: Path) -> dict[str, Table]:
    """The same of every table, by the programme's name."""
    if path.suffix == ".csv":
        return _csv_tables(path)
    return {heads_of(sheet)["programme"]: _rows(sheet) for sheet in sheets_of(path)}


def sheets_of(path: Path) -> list[Worksheet]:
    """The sheets of a workbook that hold a table of indicators."""
    return [sheet for sheet in load_workbook(path).worksheets if sheet.title.startswith(TABLE_SHEET)]


def is_tasks_alone(file: SampleFile) -> bool:
    """Whether a file holds tasks and no figure, by its name."""
    return file.file_name.endswith(f"{file.month}任务.xlsx")


def heads_of(sheet: Worksheet) -> dict[str, str]:
    """The values beside the labels above a sheet's table, by column name."""
    cells = [cell for row in sheet.iter_rows(max_col=1) for cell in row]
    return {LABELS[cell.value]: cell.offset(0, 1).value for cell in cells if cell.value in LABELS}


def header_of(sheet: Worksheet) -> list[str]:
    """The header row of a sheet's table."""
    return next(row for row in _lines(sheet) if row[0] == BY_NAME["indicator"].label)


def _lines(sheet: Worksheet) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def _rows(sheet: Worksheet) -> Table:
    lines = _lines(sheet)
    start = lines.index(header_of(sheet))
    names = {column.label: column.name for column in BY_NAME.values()}
    header = [names.get(str(label), "unit") for label in lines[start]]
    rows = [dict(zip(header, line, strict=True)) for line in lines[start + 1 :]]
    return {str(row["indicator"]): row | {c.name: _number(row[c.name]) for c in NUMBER_COLUMNS} for row in rows}


def _csv_tables(path: Path) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    for row in csv.DictReader(io.StringIO(path.read_bytes().decode("gb18030"))):
        numbers = {c.name: Decimal(row[c.name]) if row[c.name] else None for c in NUMBER_COLUMNS}
        tables.setdefault(row["programme"], {})[row["indicator"]] = row | numbers
    return tables


def _number(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, int | float) else value
