"""From sheets of text to submitted tables: finds the table by its labels, names each cell, types each number.

Nothing is judged here: an unknown name stays as text with no id, a text in a number column stays as text with no value.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from ingestion.cells import Cell, cell_at, is_not_set
from ingestion.contract import (
    BY_NAME,
    COLUMNS,
    COVER_COLUMNS,
    COVER_SHEET,
    HEAD_COLUMNS,
    NUMBER_COLUMNS,
    SAMPLE_LABEL,
    TABLE_SHEET,
    UNIT,
)
from ingestion.errors import PeriodError, UnreadableFile
from ingestion.ledgers import LedgerRow, find_ledger, ledger_rows
from ingestion.periods import parse_period
from ingestion.readers import Sheet
from ingestion.registry import Registry, fold

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?(e[+-]?\d{1,2})?", re.IGNORECASE)
# A dot wants two digits: Excel turns 2021.10 into the number 2021.1, which could be January or October.
_MONTH = re.compile(
    r"(\d{4})\s*(?:年|-|/|\.(?=\s*\d{2}))\s*(\d{1,2})\s*月?(?:份)?|(\d{4})(\d{2})|(\d{4}-\d{2})-\d{2}(?:T00:00:00)?"
)
_LABELS = {fold(spelling): column.name for column in COLUMNS for spelling in column.spellings}
_UNIT_LABELS = {fold(spelling) for spelling in UNIT.spellings}
_HEAD_LABELS = {
    fold(spelling): column.name for column in (*HEAD_COLUMNS, *COVER_COLUMNS) for spelling in column.spellings
}
_QUANTUM = Decimal("0.000001")
_LARGEST = Decimal(10) ** 12


@dataclass
class SubmittedTable:
    """One programme, reporter and period of a file, with its rows as raw.reported_values has them (without ids).

    `ledgers` are the rows of its 任务, 项目, 企业 and 平台 sheets.
    """

    sheet: str
    head: dict[str, Cell]
    is_sample: bool = False
    rows: list[dict[str, object]] = field(default_factory=list)
    ledgers: list[LedgerRow] = field(default_factory=list)


def find_tables(sheets: list[Sheet], registry: Registry) -> list[SubmittedTable]:
    """All tables of a file, in order of appearance; UnreadableFile when no sheet has the table's header.

    What a table's own head does not say, the cover sheet (封面) says for all tables of the file. A file without a sheet
    指标 may hold lists alone: a unit that leads tasks may have no figures to send.
    """
    tables: dict[tuple[str, ...], SubmittedTable] = {}
    has_header = False
    cover, is_sample = _cover(sheets)
    others = []
    for sheet in sorted(sheets, key=lambda sheet: sheet.name.strip() != TABLE_SHEET):
        for row_index, row in enumerate(sheet.rows):
            if columns := _header(row):
                has_header = True
                _add_tables_below(sheet, row_index, columns, cover, registry, tables)
                break
        else:
            others.append(sheet)
    if has_header or not any(sheet.name.strip() == TABLE_SHEET for sheet in sheets):
        for sheet in others:
            _add_ledger(sheet, cover, registry, tables)
    if not has_header and tables and not any(_has_status(table) for table in tables.values()):
        raise UnreadableFile("no_rows", "填报表里没有一行填了状态；请填好后重新报送。")
    for table in tables.values():
        table.is_sample = table.is_sample or is_sample
    if tables:
        return list(tables.values())
    if has_header:
        raise UnreadableFile("no_rows", "填报表只有表头，没有数据；请填好后重新报送。")
    wanted = "、".join(column.label for column in (BY_NAME["indicator"], *NUMBER_COLUMNS))
    raise UnreadableFile("no_table", f"没有找到填报表：需要一行表头，写有“{wanted}”；请用模板填报后重新报送。")


def parse_number(text: str) -> Decimal | None:
    """The number a cell means, to six decimals; None where it is none. '1,234.5', '１２' and '25%' are numbers.

    Numbers of a million million and more are none: no figure here is as large, and the arithmetic stays exact below.
    """
    if any(unicodedata.category(character) == "No" for character in text):  # 5² is no 52
        return None
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("%").rstrip().replace("−", "-")
    if not any(character.isdigit() for character in plain) or not _NUMBER.fullmatch(plain):
        return None
    number = Decimal(plain.replace(",", ""))
    return number.quantize(_QUANTUM, ROUND_HALF_UP) if abs(number) < _LARGEST else None


def parse_month(text: str) -> str | None:
    """The month id a text means ('2021-03', '2021年3月', '202103', a date cell); None where it is no month."""
    match = _MONTH.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not match:
        return None
    year, month, short_year, short_month, of_date = match.groups()
    month_id = of_date or f"{year or short_year}-{int(month or short_month):02d}"
    try:
        return parse_period(month_id).id
    except PeriodError:
        return None


def table_ids(table: SubmittedTable, registry: Registry) -> dict[str, str | None]:
    """The ids that the table's head means; None where unknown."""
    month = parse_month(_head_text(table, "period") or "")
    return {
        "programme_id": registry.programme_id_of(_head_text(table, "programme")),
        "reporter_id": registry.reporter_id_of(_head_text(table, "reporter"), month),
        "period": month,
    }


def _meaning(table: SubmittedTable, registry: Registry) -> tuple[str, ...]:
    """What makes rows one table: the ids of its head, or the text where it means nothing known."""
    ids = table_ids(table, registry).values()
    texts = [fold(_head_text(table, column.name) or "") for column in HEAD_COLUMNS]
    return tuple(known or text for known, text in zip(ids, texts, strict=True))


def _head_text(table: SubmittedTable, name: str) -> str | None:
    cell = table.head.get(name)
    return cell.text if cell else None


def _header(row: list[str]) -> dict[str, int] | None:
    """Column positions when the row is a table's header: it names the indicator and at least one number."""
    columns: dict[str, int] = {}
    doubled: list[str] = []
    for position, text in enumerate(row):
        name = _LABELS.get(fold(text))
        if name and name in columns:
            doubled.append(text)
        elif name:
            columns[name] = position
    if "indicator" not in columns or not any(column.name in columns for column in NUMBER_COLUMNS):
        return None
    if doubled:
        raise UnreadableFile("header", f"表头里“{doubled[0]}”所指的列不止一个；请每列只保留一个后重新报送。")
    units = [position for position, text in enumerate(row) if fold(text) in _UNIT_LABELS]
    return columns | ({UNIT.name: units[0]} if units else {})


def _add_tables_below(
    sheet: Sheet,
    header_index: int,
    columns: dict[str, int],
    cover: dict[str, Cell],
    registry: Registry,
    tables: dict[tuple[str, ...], SubmittedTable],
) -> None:
    """Adds the rows below a header to the tables they belong to, by what their heads mean."""
    head = cover | _head_cells(sheet, header_index)
    is_sample = _is_sample(sheet.rows[:header_index])
    for row_index, row in enumerate(sheet.rows[header_index + 1 :], start=header_index + 1):
        if not any(row):
            continue
        own_head = head | {
            column.name: cell_at(sheet.name, row, row_index, columns[column.name])
            for column in HEAD_COLUMNS
            if column.name in columns
        }
        table = SubmittedTable(sheet.name, own_head, is_sample)
        table = tables.setdefault(_meaning(table, registry), table)
        values = _values(sheet.name, row, row_index, columns)
        table.is_sample = table.is_sample or SAMPLE_LABEL in str(values["note"] or "")
        table.rows.append({"sheet": sheet.name} | values | {"note": _own_words(str(values["note"] or ""))})


def _add_ledger(
    sheet: Sheet, cover: dict[str, Cell], registry: Registry, tables: dict[tuple[str, ...], SubmittedTable]
) -> None:
    """Adds the rows of a 任务, 项目, 企业 or 平台 sheet to the table with the same head.

    What neither the sheet nor the cover says is as in the file's first table, so that a list alone opens no table.
    """
    found = find_ledger(sheet)
    rows = list(ledger_rows(sheet, *found)) if found else []
    if not found or not rows:
        return
    first = next((table.head for table in tables.values()), {})
    head = first | cover | _head_cells(sheet, found.header_index)
    table = SubmittedTable(sheet.name, head, _is_sample(sheet.rows[: found.header_index]))
    tables.setdefault(_meaning(table, registry), table).ledgers += rows


def _has_status(table: SubmittedTable) -> bool:
    return any(row.values["status_text"] for row in table.ledgers)


def _cover(sheets: list[Sheet]) -> tuple[dict[str, Cell], bool]:
    """What the cover sheet says, and whether it says that the file is sample data."""
    covers = [sheet for sheet in sheets if sheet.name.strip() == COVER_SHEET and not any(map(_header, sheet.rows))]
    head: dict[str, Cell] = {}
    for sheet in reversed(covers):
        head |= _head_cells(sheet, len(sheet.rows))
    return head, any(_is_sample(sheet.rows) for sheet in covers)


def _is_sample(rows: list[list[str]]) -> bool:
    return any(SAMPLE_LABEL in text for row in rows for text in row)


def _head_cells(sheet: Sheet, end: int) -> dict[str, Cell]:
    """Label cells in the first `end` rows, each with the first filled cell to its right."""
    head: dict[str, Cell] = {}
    for row_index, row in enumerate(sheet.rows[:end]):
        for position, text in enumerate(row):
            name = _HEAD_LABELS.get(fold(text.rstrip("：: ")))
            if not name:
                continue
            filled = next((p for p in range(position + 1, len(row)) if row[p]), None)
            if filled is not None and fold(row[filled].rstrip("：: ")) not in _HEAD_LABELS:
                head.setdefault(name, cell_at(sheet.name, row, row_index, filled))
    return head


def _values(sheet: str, row: list[str], row_index: int, columns: dict[str, int]) -> dict[str, object]:
    """One row as raw.reported_values names it; a cell that says “not set” is blank."""
    indicator = cell_at(sheet, row, row_index, columns["indicator"])
    unit = cell_at(sheet, row, row_index, columns[UNIT.name]) if UNIT.name in columns else None
    values: dict[str, object] = {
        "row_number": row_index + 1,
        "indicator_text": indicator.text or None,
        "indicator_cell": indicator.address,
        "unit_text": (unit.text or None) if unit else None,
        "unit_cell": unit.address if unit else None,
    }
    for column in NUMBER_COLUMNS:
        cell = cell_at(sheet, row, row_index, columns[column.name]) if column.name in columns else None
        is_blank = cell is None or is_not_set(cell.text)
        values[column.name] = None if is_blank else parse_number(cell.text)
        values[f"{column.name}_text"] = None if is_blank else cell.text
        values[f"{column.name}_cell"] = cell.address if cell else None
    note = cell_at(sheet, row, row_index, columns["note"]).text if "note" in columns else ""
    return values | {"note": note or None}


def _own_words(note: str) -> str | None:
    """A note without the mark of sample data in front: the mark says nothing about the row's figures."""
    return note.removeprefix(SAMPLE_LABEL).lstrip("；; ") or None
