"""Lands receipts in schema raw: the receipt, its tables, its values, each cell with its address.

Landing reads the archived original, so that a lost warehouse is landed again from the journal alone.
"""

import hashlib
import logging
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from ingestion import journal
from ingestion.conform import SubmittedTable, find_tables, table_ids
from ingestion.contract import COVER_COLUMNS, HEAD_COLUMNS, TASK_LEDGER
from ingestion.errors import UnreadableFile
from ingestion.ledgers import item_key
from ingestion.periods import parse_moment
from ingestion.reading import SafeReader
from ingestion.registry import Registry
from ingestion.store import insert_rows, transaction
from ingestion.unit_conversion import in_own_unit

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Receipt:
    """One file received once; times are aware UTC. `drop_id` is what the inbox knew the drop by."""

    receipt_id: str
    sha256: str
    file_name: str
    folder_name: str | None
    received_at: datetime
    modified_at: datetime
    source: str
    drop_id: str

    def to_journal(self) -> dict[str, Any]:
        """As the journal keeps it: times as ISO text."""
        return asdict(self) | {
            "received_at": self.received_at.isoformat(),
            "modified_at": self.modified_at.isoformat(),
        }

    @classmethod
    def from_journal(cls, entry: dict[str, Any]) -> "Receipt":
        """The receipt that a journal line means."""
        moments = {name: parse_moment(entry[name]) for name in ("received_at", "modified_at")}
        return cls(**(entry | moments))


def receipt_id_of(sha256: str, file_name: str, received_at: datetime) -> str:
    """A readable id that depends on nothing but the receipt itself: its time, and a hash of content and name."""
    short = hashlib.sha256(f"{sha256} {file_name}".encode()).hexdigest()[:10]
    return f"{received_at:%Y%m%dT%H%M%SZ}-{short}"


def archived_path(archive: Path, sha256: str) -> Path:
    """Where the original bytes lie."""
    return archive / sha256[:2] / sha256


@dataclass(frozen=True)
class ReadFile:
    """What a file holds: its tables, or the reason why there are none."""

    tables: list[SubmittedTable]
    problem_code: str | None = None
    problem: str | None = None


def read_file(reader: SafeReader, path: Path, registry: Registry) -> ReadFile:
    """Read one archived file; an unreadable one is a result too."""
    try:
        return ReadFile(find_tables(reader.read(path), registry))
    except UnreadableFile as error:
        return ReadFile([], error.code, str(error))
    except Exception:  # a defect of ours must not hold up the other files: the file goes back, the log has the trace
        logger.exception("读取 %s 时出错", path)
        return ReadFile([], "internal", "系统未能读取此文件，已记入日志；请联系管理员，或改用模板填报后重新报送。")


def land(connection: duckdb.DuckDBPyConnection, registry: Registry, receipt: Receipt, file: ReadFile) -> None:
    """Write one receipt with all it holds, in one transaction."""
    with transaction(connection):
        insert_rows(connection, "receipts", [_receipt_row(registry, receipt, file)])
        table_rows = [_table_row(registry, receipt, number, table) for number, table in enumerate(file.tables, start=1)]
        insert_rows(connection, "tables", table_rows)
        # One statement for all tables of the file: each costs more than the rows it brings.
        for name, rows_of in _ROWS_OF.items():
            filled = zip(table_rows, file.tables, strict=True)
            insert_rows(connection, name, [row for one, table in filled for row in rows_of(registry, one, table)])


def land_missing(connection: duckdb.DuckDBPyConnection, registry: Registry, archive: Path) -> list[Receipt]:
    """Land every journaled receipt that the warehouse does not have: after a crash, or after it was deleted."""
    known = receipt_ids(connection)
    entries = {entry["receipt_id"]: entry for entry in journal.read("receipts")}
    missing = [Receipt.from_journal(entry) for receipt_id, entry in entries.items() if receipt_id not in known]
    with SafeReader() as reader:
        for receipt in missing:
            land(connection, registry, receipt, read_file(reader, archived_path(archive, receipt.sha256), registry))
    return missing


def receipt_ids(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The receipts that the warehouse has."""
    return {row[0] for row in connection.execute("select receipt_id from raw.receipts").fetchall()}


def _receipt_row(registry: Registry, receipt: Receipt, file: ReadFile) -> dict[str, object]:
    return asdict(receipt) | {
        "received_at": receipt.received_at.astimezone(UTC).replace(tzinfo=None),
        "modified_at": receipt.modified_at.astimezone(UTC).replace(tzinfo=None),
        "folder_reporter_id": registry.reporter_id_of(receipt.folder_name) if receipt.folder_name else None,
        "problem_code": file.problem_code,
        "problem": file.problem,
    }


def _table_row(registry: Registry, receipt: Receipt, number: int, table: SubmittedTable) -> dict[str, object]:
    row: dict[str, object] = {
        "table_id": f"{receipt.receipt_id}#{number}",
        "receipt_id": receipt.receipt_id,
        "sheet": table.sheet,
        "is_sample": table.is_sample,
    }
    for name in (column.name for column in HEAD_COLUMNS):
        cell = table.head.get(name)
        row[f"{name}_text"] = (cell.text or None) if cell else None
        row[f"{name}_cell"] = cell.address if cell else None
        row[f"{name}_sheet"] = cell.sheet if cell else None
    for name in (column.name for column in COVER_COLUMNS):
        cell = table.head.get(name)
        row[name] = (cell.text or None) if cell else None
    return row | table_ids(table, registry)


def _value_rows(registry: Registry, table_row: dict[str, object], table: SubmittedTable) -> list[dict[str, object]]:
    shared = {key: table_row[key] for key in ("table_id", "receipt_id")}
    named = [row | {"indicator_id": registry.indicator_id_of(str(row["indicator_text"] or ""))} for row in table.rows]
    return [shared | in_own_unit(registry, row) for row in named]


def _task_rows(registry: Registry, table_row: dict[str, object], table: SubmittedTable) -> list[dict[str, object]]:
    shared = {key: table_row[key] for key in ("table_id", "receipt_id")}
    return [
        shared
        | row.values
        | {
            "task_id": registry.task_id_of(_text(row.values, "task_number"))
            or registry.task_id_of(_text(row.values, "task"))
        }
        for row in table.ledgers
        if row.kind == TASK_LEDGER.kind
    ]


def _item_rows(registry: Registry, table_row: dict[str, object], table: SubmittedTable) -> list[dict[str, object]]:
    shared = {key: table_row[key] for key in ("table_id", "receipt_id")}
    return [
        shared
        | row.values
        | {
            "item_kind": row.kind,
            "item_key": item_key(row.values["item_code_text"], row.values["item_text"]),
            "indicator_id": registry.indicator_id_of(_text(row.values, "indicator")),
        }
        for row in table.ledgers
        if row.kind != TASK_LEDGER.kind
    ]


def _text(values: dict[str, object], name: str) -> str:
    return str(values[f"{name}_text"] or "")


_ROWS_OF = {"reported_values": _value_rows, "reported_tasks": _task_rows, "reported_items": _item_rows}
