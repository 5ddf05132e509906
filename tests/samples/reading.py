"""Reads a written file back with libraries the generator does not write with."""

import csv
import io
from decimal import Decimal
from pathlib import Path

from openpyxl import load_workbook

from ingestion.contract import BY_NAME, NUMBER_COLUMNS, TABLE_SHEET

Row = dict[str, object]


def table_of(path: Path) -> dict[str, Row]:
    """Rows by indicator name; figures as Decimal, blank as None, anything else as found."""
    return {str(row["indicator"]): row for row in (_csv_rows(path) if path.suffix == ".csv" else _xlsx_rows(path))}


def heads_of(path: Path) -> dict[str, str]:
    """The values beside the labels above a workbook's table, by column name."""
    cells = [(cell.value, cell) for row in load_workbook(path)[TABLE_SHEET].iter_rows() for cell in row]
    labels = {BY_NAME[name].label: name for name in ("programme", "reporter", "period")}
    return {labels[value]: cell.offset(0, 1).value for value, cell in cells if value in labels}


def header_of(path: Path) -> list[str]:
    """The header row of a workbook's table."""
    return next(row for row in _lines(path) if row[0] == BY_NAME["indicator"].label)


def _lines(path: Path) -> list[list[object]]:
    return [list(row) for row in load_workbook(path)[TABLE_SHEET].iter_rows(values_only=True)]


def _xlsx_rows(path: Path) -> list[Row]:
    lines = _lines(path)
    start = next(i for i, line in enumerate(lines) if line[0] == BY_NAME["indicator"].label)
    names = {column.label: column.name for column in BY_NAME.values()}
    header = [names.get(str(label), "unit") for label in lines[start]]
    rows = [dict(zip(header, line, strict=True)) for line in lines[start + 1 :]]
    return [row | {c.name: _number(row[c.name]) for c in NUMBER_COLUMNS} for row in rows]


def _csv_rows(path: Path) -> list[Row]:
    rows = csv.DictReader(io.StringIO(path.read_bytes().decode("gb18030")))
    return [row | {c.name: Decimal(row[c.name]) if row[c.name] else None for c in NUMBER_COLUMNS} for row in rows]


def _number(value: object) -> object:
    return Decimal(str(value)) if isinstance(value, int | float) else value
