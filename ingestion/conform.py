"""From sheets of text to submitted tables: finds the table by its labels, names each cell, types each number.

Nothing is judged here: an unknown name stays as text with no id, a text in a number column stays as text with no value.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from ingestion.contract import BY_NAME, COLUMNS, HEAD_COLUMNS, NUMBER_COLUMNS, SAMPLE_LABEL, TABLE_SHEET
from ingestion.errors import PeriodError, UnreadableFile
from ingestion.periods import parse_period
from ingestion.readers import Sheet
from ingestion.registry import Registry, fold

NOT_SET = frozenset(("", "-", "—", "——", "–", "/", "―"))
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)?(\.\d+)?(e[+-]?\d{1,2})?", re.IGNORECASE)
# A dot wants two digits: Excel turns 2021.10 into the number 2021.1, which could be January or October.
_MONTH = re.compile(
    r"(\d{4})\s*(?:年|-|/|\.(?=\s*\d{2}))\s*(\d{1,2})\s*月?(?:份)?|(\d{4})(\d{2})|(\d{4}-\d{2})-\d{2}(?:T00:00:00)?"
)
_LABELS = {fold(spelling): column.name for column in COLUMNS for spelling in column.spellings}
_QUANTUM = Decimal("0.000001")
_LARGEST = Decimal(10) ** 12


@dataclass(frozen=True)
class Cell:
    """A text and its address, such as C7."""

    text: str
    address: str


@dataclass
class SubmittedTable:
    """One programme, reporter and period of a file, with its rows as raw.reported_values has them (without ids)."""

    sheet: str
    head: dict[str, Cell]
    is_sample: bool = False
    rows: list[dict[str, object]] = field(default_factory=list)


def find_tables(sheets: list[Sheet], registry: Registry) -> list[SubmittedTable]:
    """All tables of a file, in order of appearance; UnreadableFile when no sheet has the table's header."""
    tables: dict[tuple[str, ...], SubmittedTable] = {}
    has_header = False
    for sheet in sorted(sheets, key=lambda sheet: sheet.name.strip() != TABLE_SHEET):
        for row_index, row in enumerate(sheet.rows):
            if columns := _header(row):
                has_header = True
                _add_tables_below(sheet, row_index, columns, registry, tables)
                break
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
    return columns


def _add_tables_below(
    sheet: Sheet,
    header_index: int,
    columns: dict[str, int],
    registry: Registry,
    tables: dict[tuple[str, ...], SubmittedTable],
) -> None:
    """Adds the rows below a header to the tables they belong to, by what their heads mean."""
    head = _head_cells(sheet.rows[:header_index])
    is_sample = any(SAMPLE_LABEL in text for row in sheet.rows[:header_index] for text in row)
    for row_index, row in enumerate(sheet.rows[header_index + 1 :], start=header_index + 1):
        if not any(row):
            continue
        own_head = head | {
            column.name: _cell(row, row_index, columns[column.name])
            for column in HEAD_COLUMNS
            if column.name in columns
        }
        table = SubmittedTable(sheet.name, own_head, is_sample)
        table = tables.setdefault(_meaning(table, registry), table)
        values = _values(row, row_index, columns)
        table.is_sample = table.is_sample or SAMPLE_LABEL in str(values["note"] or "")
        table.rows.append({"sheet": sheet.name} | values)


def _head_cells(rows: list[list[str]]) -> dict[str, Cell]:
    """Label cells above the header, each with the first filled cell to its right."""
    wanted = {fold(spelling): column.name for column in HEAD_COLUMNS for spelling in column.spellings}
    head: dict[str, Cell] = {}
    for row_index, row in enumerate(rows):
        for position, text in enumerate(row):
            name = wanted.get(fold(text.rstrip("：: ")))
            filled = [p for p in range(position + 1, len(row)) if row[p]]
            if name and filled and fold(row[filled[0]].rstrip("：: ")) not in wanted:
                head.setdefault(name, _cell(row, row_index, filled[0]))
    return head


def _values(row: list[str], row_index: int, columns: dict[str, int]) -> dict[str, object]:
    """One row as raw.reported_values names it; a cell that says “not set” is blank."""
    indicator = _cell(row, row_index, columns["indicator"])
    values: dict[str, object] = {
        "row_number": row_index + 1,
        "indicator_text": indicator.text or None,
        "indicator_cell": indicator.address,
    }
    for column in NUMBER_COLUMNS:
        cell = _cell(row, row_index, columns[column.name]) if column.name in columns else None
        is_blank = cell is None or cell.text in NOT_SET
        values[column.name] = None if is_blank else parse_number(cell.text)
        values[f"{column.name}_text"] = None if is_blank else cell.text
        values[f"{column.name}_cell"] = cell.address if cell else None
    note = _cell(row, row_index, columns["note"]).text if "note" in columns else ""
    return values | {"note": note or None}


def _cell(row: list[str], row_index: int, position: int) -> Cell:
    text = row[position].strip() if position < len(row) else ""
    return Cell(text, f"{_column_letters(position)}{row_index + 1}")


def _column_letters(position: int) -> str:
    letters = ""
    position += 1
    while position:
        position, remainder = divmod(position - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters
