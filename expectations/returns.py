"""What goes back to the sender: one folder a returned receipt, with the table marked at its cells.

The folder holds one workbook under the file's own name, to be mended and dropped again. A file of which no marked copy
can be made goes back as it came, beside 退回说明.xlsx. The untouched original of every file stays in the archive.
"""

import errno
import logging
import os
import re
import shutil
from datetime import datetime
from pathlib import Path

import duckdb

from expectations.errors import DeliveryError
from expectations.findings import shanghai_minute
from expectations.submissions import Row
from ingestion import journal
from ingestion.access import SHARED_FILE, make_folder, set_modes
from ingestion.child import LimitedChild
from ingestion.contract import SAMPLE_LABEL
from ingestion.landing import archived_path
from ingestion.readers import RETURN_SHEET
from ingestion.settings import Settings

logger = logging.getLogger(__name__)

# The forms of a returned workbook, the best first; marking.py makes them.
EDITED, REBUILT, LISTED = FORMS = ("edited", "rebuilt", "listed")
# What the child says when it could not write for want of space.
FULL_DISK = "full disk"
NOTE_NAME = f"{RETURN_SHEET}.xlsx"
# What a child that opens the file again would die of, or find damaged again.
_HOSTILE = frozenset(("unsafe", "too_large"))
_COLUMNS = ("message", "severity", "sheet", "row_number", "column_label", "cell", "found", "expected", "rule_id")
# More than anybody mends one by one; what is left out is found again in the mended file.
LONGEST_LIST = 2_000
_LONGEST_NAME_BYTES = 120
_LONGEST_SUFFIX_BYTES = 10


class Marker(LimitedChild):
    """Makes returned workbooks in a child process: this one never opens a foreign file."""

    def __init__(self) -> None:
        super().__init__("expectations.marking")

    def make(self, form: str, original: Path, target: Path, head: Row, findings: list[Row]) -> tuple[bool, str]:
        """Write the workbook in this form to `target`; whether it was made, and what went wrong, if anything did.

        OSError where the disk is full.
        """
        request = {"form": form, "original": str(original), "target": str(target)}
        answer = self.ask(request | {"receipt": head, "findings": findings})
        if answer and answer[1] == FULL_DISK:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        return tuple(answer) if answer else (False, "超出内存或时间限制")


def deliver_returns(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[Path]:
    """Lay out every returned receipt that was not laid out before, and journal it; the new folders."""
    delivered = {entry["receipt_id"] for entry in journal.read("returns")}
    cursor = connection.execute(
        """select receipts.*, exists (select 1 from raw.tables where tables.receipt_id = receipts.receipt_id
            and tables.is_sample) as is_sample,
            (select count(*) from raw.findings where findings.receipt_id = receipts.receipt_id) as finding_count
        from raw.receipts inner join raw.judgements using (receipt_id)
        where verdict = 'returned' order by received_at, receipt_id"""
    )
    names = [column[0] for column in cursor.description or []]
    receipts = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    waiting = [receipt for receipt in receipts if receipt["receipt_id"] not in delivered]
    if not waiting:
        return []
    with Marker() as marker:
        return [_deliver(connection, settings, marker, receipt) for receipt in waiting]


def safe_name(file_name: str) -> str:
    """A file name as any system can store it: no folder, no control or reserved character, not too long."""
    name = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*]', "-", file_name).strip(" .") or "未命名"
    suffix = Path(name).suffix
    if len(suffix.encode()) > _LONGEST_SUFFIX_BYTES:
        suffix = ""
    stem = name.removesuffix(suffix)
    return stem.encode()[: _LONGEST_NAME_BYTES - len(suffix.encode())].decode(errors="ignore") + suffix


def entry_name(receipt: Row) -> str:
    """What a receipt's entry is called: with the reporter's folder in it, by which people look for it; no suffix."""
    return f"{receipt['receipt_id']}-{Path(safe_name(receipt['file_name'])).stem}"


def _deliver(connection: duckdb.DuckDBPyConnection, settings: Settings, marker: Marker, receipt: Row) -> Path:
    """One entry; it appears whole under its final name or not at all."""
    folder = settings.returned / entry_name(receipt)
    fresh = folder.with_name(f".{receipt['receipt_id']}.part")
    for leftover in (fresh, folder):
        shutil.rmtree(leftover, ignore_errors=True)
    make_folder(fresh)
    findings = _findings(connection, receipt["receipt_id"])
    form = _fill(fresh, archived_path(settings.archive, receipt["sha256"]), marker, receipt, findings)
    set_modes(fresh, SHARED_FILE)
    fresh.rename(folder)
    entry = {name: receipt[name] for name in ("receipt_id", "finding_count")}
    journal.append("returns", entry | {"folder": folder.name, "form": form})
    return folder


def _fill(folder: Path, original: Path, marker: Marker, receipt: Row, findings: list[Row]) -> str:
    """Put the workbook into the folder in the first form that can be made; which one it was."""
    name = safe_name(receipt["file_name"].rsplit("/", 1)[-1])
    head = _head(receipt)
    for form in FORMS if receipt["problem_code"] not in _HOSTILE else (LISTED,):
        target = folder / (NOTE_NAME if form == LISTED else f"{Path(name).stem}.xlsx")
        is_made, problem = marker.make(form, original, target, head, findings)
        if problem:
            logger.warning("退回“%s”时，标注副本的一种做法（%s）未成：%s", receipt["file_name"], form, problem)
        if is_made:
            if form == LISTED:
                shutil.copyfile(original, folder / (f"原件-{name}" if name == NOTE_NAME else name))
            return form
    raise DeliveryError(f"退回“{receipt['file_name']}”（{receipt['receipt_id']}）时，退回说明没有写成")


def _head(receipt: Row) -> Row:
    """What the first sheet says of the receipt; its own time, so that the same return is the same file."""
    moment: datetime = receipt["received_at"]
    return {
        "receipt_id": receipt["receipt_id"],
        "file_name": receipt["file_name"],
        "sha256": receipt["sha256"],
        "received": shanghai_minute(moment),
        "created": moment.isoformat(),
        "sample_label": SAMPLE_LABEL if receipt["is_sample"] else "",
        "finding_count": receipt["finding_count"],
    }


def _findings(connection: duckdb.DuckDBPyConnection, receipt_id: str) -> list[Row]:
    rows = connection.execute(
        f"""select {", ".join(_COLUMNS)} from raw.findings where receipt_id = ?
        order by severity desc, table_id nulls first, row_number nulls first, cell, rule_id, message
        limit {LONGEST_LIST}""",
        [receipt_id],
    ).fetchall()
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]
