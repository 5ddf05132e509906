"""The sheets 任务, 项目, 企业 and 平台: finds them by their labels and names each cell. Nothing is judged here."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from ingestion.cells import cell_at, is_not_set
from ingestion.contract import ITEM_LEDGERS, TASK_LEDGER, Ledger
from ingestion.readers import Sheet
from ingestion.seed_files import fold

_DAY = re.compile(
    r"(\d{4})\s*(?:年|-|/|\.)\s*(\d{1,2})\s*(?:月|-|/|\.)\s*(\d{1,2})\s*日?(?:T00:00:00)?|(\d{4})(\d{2})(\d{2})"
)


@dataclass(frozen=True)
class LedgerRow:
    """One line of a ledger: its kind, and its cells as raw.reported_tasks and raw.reported_items name them."""

    kind: str
    values: dict[str, object]


class LedgerPlace(NamedTuple):
    """Which ledger a sheet holds, the row (from 0) of its labels, and the position of each column."""

    ledger: Ledger
    header_index: int
    columns: dict[str, int]


def find_ledger(sheet: Sheet) -> LedgerPlace | None:
    """The ledger of a sheet: the first row that names its things and their status; None where none does."""
    for row_index, row in enumerate(sheet.rows):
        folded = [fold(text) for text in row]
        for ledger in (*ITEM_LEDGERS, TASK_LEDGER):
            columns = {
                column.name: position
                for column in ledger.columns
                if (position := _position(folded, column.spellings)) is not None
            }
            if {name_column(ledger), "status"} <= columns.keys():
                return LedgerPlace(ledger, row_index, columns)
    return None


def name_column(ledger: Ledger) -> str:
    """The column that says which thing a line is about."""
    return "task" if ledger is TASK_LEDGER else "item"


def item_key(code: object, name: object) -> str | None:
    """What makes two lines one item: its code where it has one, else its name; None where it has neither."""
    return fold(str(code or name or "")) or None


def ledger_rows(sheet: Sheet, ledger: Ledger, header_index: int, columns: dict[str, int]) -> Iterator[LedgerRow]:
    """The lines below the labels that hold anything in the ledger's columns."""
    for row_index, row in enumerate(sheet.rows[header_index + 1 :], start=header_index + 1):
        values: dict[str, object] = {"sheet": sheet.name, "row_number": row_index + 1}
        for column in ledger.columns:
            cell = cell_at(sheet.name, row, row_index, columns[column.name]) if column.name in columns else None
            text = cell.text if cell and not is_not_set(cell.text) else None
            values[f"{column.name}_text"] = text
            values[f"{column.name}_cell"] = cell.address if cell else None
            if column.type == "date":
                values[column.name] = parse_day(text or "")
        if any(values[f"{column.name}_text"] for column in ledger.columns):
            yield LedgerRow(ledger.kind, values)


def parse_day(text: str) -> date | None:
    """The day a text means ('2021-03-05', '2021年3月5日', '20210305', a date cell); None where it is none."""
    match = _DAY.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not match:
        return None
    try:
        return date(*(int(part) for part in match.groups() if part))
    except ValueError:
        return None


def _position(folded: list[str], spellings: tuple[str, ...]) -> int | None:
    """The first cell of a row of labels that is one of a column's spellings."""
    wanted = _folded(spellings)
    return next((position for position, text in enumerate(folded) if text in wanted), None)


@cache
def _folded(spellings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold, spellings))
