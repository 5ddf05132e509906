"""Receipt times brought along by a taken-over mailbox (inbox/receipts.csv), honoured only where that is trusted."""

import csv
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingestion.errors import HomeError
from ingestion.inbox import RECEIPTS_FILE
from ingestion.periods import parse_moment

COLUMNS = ("file_name", "sha256", "received_at", "source")


@dataclass(frozen=True)
class BroughtReceipt:
    """When a mailbox received a file, and which mailbox says so."""

    received_at: datetime
    source: str


def brought_receipts(inbox: Path) -> dict[tuple[str, str], BroughtReceipt]:
    """Receipts by (file name relative to the inbox, SHA-256); empty where there is no such file."""
    path = inbox / RECEIPTS_FILE
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise HomeError(f"{path}:表头应为 {','.join(COLUMNS)},现为 {','.join(reader.fieldnames or ())}")
        return {
            (row["file_name"], row["sha256"]): BroughtReceipt(_moment(path, reader.line_num, row), row["source"])
            for row in reader
        }


def _moment(path: Path, line: int, row: dict[str, str]) -> datetime:
    try:
        return parse_moment(row["received_at"])
    except ValueError:
        raise HomeError(f"{path} 第 {line} 行 received_at:“{row['received_at']}”不是时间") from None
