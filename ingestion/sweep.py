"""One sweep of the inbox: archive, journal, land, and only then take the file out of the inbox.

The order makes a crash harmless: until a file is journaled it stays in the inbox; once journaled it is landed at the
next sweep, and the same drop found again (same name, bytes and write time) is not received twice.
"""

import hashlib
import logging
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion import journal
from ingestion.inbox import InboxFile, log_ignored, wait_for_rest
from ingestion.landing import Key, ReadFile, Receipt, archived_path, land, land_missing, read_file, receipt_id_of
from ingestion.reading import SafeReader
from ingestion.receipts import BroughtReceipt, brought_receipts
from ingestion.registry import Registry, load_registry
from ingestion.settings import Settings, get_settings
from ingestion.store import open_warehouse

logger = logging.getLogger(__name__)

SWEEP_SOURCE = "收件箱"


@dataclass
class SweepReport:
    """What one sweep received; `months` are the month ids that new receipts speak for, sorted."""

    receipts: list[Receipt] = field(default_factory=list)
    months: list[str] = field(default_factory=list)

    @property
    def repeated(self) -> list[Receipt]:
        """Receipts whose bytes were those of the version that counts: no-ops."""
        return [receipt for receipt in self.receipts if receipt.repeats_receipt_id]


def sweep() -> SweepReport:
    """Take in every whole file of the inbox. Waits until files have rested; never fails because of one file."""
    settings = get_settings()
    registry = load_registry(settings.registry)
    settings.inbox.mkdir(parents=True, exist_ok=True)
    log_ignored(settings.inbox)
    files = wait_for_rest(settings.inbox)
    report = SweepReport()
    with open_warehouse() as connection, SafeReader() as reader:
        report.receipts += land_missing(connection, registry, settings.archive)
        seen_at = datetime.now(UTC).replace(microsecond=0)
        arrivals = _arrivals(settings, files, seen_at)
        for number, arrival in enumerate(arrivals, start=1):
            if number % 20 == 0:
                logger.info("已接收 %d/%d 个文件", number, len(arrivals))
            receipt = _take_in(connection, registry, reader, settings.archive, arrival)
            if receipt:
                report.receipts.append(receipt)
        report.months = _months(connection, report.receipts)
    return report


@dataclass(frozen=True)
class _Arrival:
    file: InboxFile
    content: bytes
    sha256: str
    receipt: BroughtReceipt


def _arrivals(settings: Settings, files: list[InboxFile], seen_at: datetime) -> list[_Arrival]:
    """The files with their receipt times, in the order in which they were received."""
    brought = brought_receipts(settings.inbox) if settings.trust_receipts else {}
    arrivals = []
    for file in files:
        content = file.path.read_bytes()
        sha256 = hashlib.sha256(content).hexdigest()
        receipt = brought.get((file.name, sha256), BroughtReceipt(seen_at, SWEEP_SOURCE))
        arrivals.append(_Arrival(file, content, sha256, receipt))
    return sorted(arrivals, key=lambda a: (a.receipt.received_at, a.file.modified_ns, a.file.name))


def _take_in(
    connection: duckdb.DuckDBPyConnection, registry: Registry, reader: SafeReader, archive: Path, arrival: _Arrival
) -> Receipt | None:
    """Archive, journal and land one file, then take it out of the inbox; None when this very drop was received."""
    receipt = None
    if not _was_received(connection, arrival):
        path = archived_path(archive, arrival.sha256)
        _archive(path, arrival.content)
        file = read_file(reader, path, registry)
        receipt = _receipt(connection, registry, arrival, file)
        journal.append("receipts", receipt.to_journal())
        land(connection, registry, receipt, file)
    _remove(arrival.file)
    return receipt


def _was_received(connection: duckdb.DuckDBPyConnection, arrival: _Arrival) -> bool:
    """Whether a crash came between journal and removal: the same name, bytes and write time were received already."""
    rows = connection.execute(
        "select 1 from raw.receipts where file_name = ? and sha256 = ? and modified_at = ?",
        [arrival.file.name, arrival.sha256, arrival.file.modified_at.replace(tzinfo=None)],
    ).fetchall()
    return bool(rows)


def _receipt(connection: duckdb.DuckDBPyConnection, registry: Registry, arrival: _Arrival, file: ReadFile) -> Receipt:
    received_at = arrival.receipt.received_at
    return Receipt(
        receipt_id=receipt_id_of(arrival.sha256, arrival.file.name, received_at),
        sha256=arrival.sha256,
        file_name=arrival.file.name,
        folder_name=arrival.file.folder_name,
        received_at=received_at,
        modified_at=arrival.file.modified_at,
        source=arrival.receipt.source,
        repeats_receipt_id=_repeated(connection, file.keys(registry), arrival.sha256, received_at),
    )


def _repeated(connection: duckdb.DuckDBPyConnection, keys: set[Key], sha256: str, received_at: datetime) -> str | None:
    """The receipt that counts for all of the file's tables so far, if it has the same bytes."""
    counting = set()
    for key in keys:
        rows = connection.execute(
            """
            select receipts.receipt_id, receipts.sha256
            from raw.receipts
            inner join raw.tables using (receipt_id)
            left join raw.judgements using (receipt_id)
            where tables.programme_id = ? and tables.reporter_id = ? and tables.period = ?
                and receipts.received_at <= ? and coalesce(judgements.verdict, 'accepted') = 'accepted'
            order by receipts.received_at desc, receipts.modified_at desc, receipts.file_name desc, receipts.sha256 desc
            limit 1
            """,
            [*key, received_at.astimezone(UTC).replace(tzinfo=None)],
        ).fetchall()
        counting.add(rows[0] if rows else None)
    only = counting.pop() if len(counting) == 1 else None
    return only[0] if only and only[1] == sha256 else None


def _archive(path: Path, content: bytes) -> None:
    """Keep the original under its hash, on disk before anything else happens."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".part")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _remove(file: InboxFile) -> None:
    """Take a received file out of the inbox, unless it was replaced meanwhile: then the new one waits its turn."""
    state = file.path.stat()
    if (state.st_size, state.st_mtime_ns) == (file.size, file.modified_ns):
        file.path.unlink()


def _months(connection: duckdb.DuckDBPyConnection, receipts: list[Receipt]) -> list[str]:
    ids = [receipt.receipt_id for receipt in receipts]
    rows = connection.execute(
        "select distinct period from raw.tables where period is not null and receipt_id in (select unnest(?))", [ids]
    ).fetchall()
    return sorted(row[0] for row in rows)
