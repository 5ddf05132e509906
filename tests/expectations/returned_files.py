"""Real files for the tests of what goes back: dropped into the inbox, swept and judged as the commands do."""

import csv
import io
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from expectations import judge
from expectations.returns import entry_name
from ingestion.contract import CSV_HEADER, NUMBER_COLUMNS
from ingestion.store import open_warehouse
from ingestion.sweep import sweep
from tests.expectations.factories import COLUMN_LETTERS, FIRST_ROW, Table, make_table


def mistaken_table(reporter: str = "d001") -> Table:
    """With a text in D9 and an unknown indicator in A11."""
    return make_table(reporter, 2).change("企业总数", cumulative_value="12台").add("不存在的指标", cumulative_value="1")


def workbook_of(table: Table, sheet_name: str = "指标") -> bytes:
    """The table as the factories address it: heads in B2 to B4, header in row 6, numbers as numbers."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet(sheet_name)
        sheet.set_column(0, 0, 31)
        for row, (label, text) in enumerate(
            [("方案", table.programme), ("填报单位", table.reporter), ("期", table.month)], start=2
        ):
            sheet.write_row(f"A{row}", [label, text])
        sheet.write(f"A{FIRST_ROW - 1}", "指标")
        for column in NUMBER_COLUMNS:
            sheet.write(f"{COLUMN_LETTERS[column.name]}{FIRST_ROW - 1}", column.label)
        for row, (indicator, texts) in enumerate(table.rows, start=FIRST_ROW):
            sheet.write(f"A{row}", indicator)
            for name, text in texts.items():
                sheet.write(f"{COLUMN_LETTERS[name]}{row}", number_or_text(text))
    return stream.getvalue()


def number_or_text(text: str) -> float | str:
    """As a clerk's program types it."""
    try:
        return float(text)
    except ValueError:
        return text


def csv_of(table: Table) -> bytes:
    """The long form in GB18030."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_HEADER, restval="")
    writer.writeheader()
    for indicator, texts in table.rows:
        heads = {"programme": table.programme, "reporter": table.reporter, "period": table.month}
        writer.writerow(heads | {"indicator": indicator} | texts)
    return text.getvalue().encode("gb18030")


@dataclass
class Outcome:
    """What became of one dropped file."""

    receipt: dict[str, Any]
    verdict: str
    rules: list[str]
    entry: Path
    page: Path

    @property
    def names(self) -> list[str]:
        """The files of the returned entry."""
        return sorted(path.name for path in self.entry.iterdir())

    @property
    def workbook(self) -> Path:
        """The returned entry's workbook, the only one with its findings inside."""
        (path,) = [path for path in self.entry.glob("*.xlsx") if "退回" in path.name or len(self.names) == 1]
        return path


def drop(desk: Any, content: bytes, name: str = "2021-02.xlsx", folder: str = "d001") -> Outcome:
    """Put one file into the inbox, sweep, judge."""
    path = desk.settings.inbox / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (time.time() - 10,) * 2)
    (receipt,) = sweep().receipts
    judge()
    with open_warehouse() as connection:
        query = "select verdict from raw.judgements where receipt_id = ?"
        (verdict,) = connection.execute(query, [receipt.receipt_id]).fetchone()
        query = "select rule_id from raw.findings where receipt_id = ? order by 1"
        rules = [rule for (rule,) in connection.execute(query, [receipt.receipt_id]).fetchall()]
    row = vars(receipt)
    name = entry_name(row)
    settings = desk.settings
    return Outcome(row, verdict, rules, settings.returned / name, settings.receipts / f"{name}.html")
