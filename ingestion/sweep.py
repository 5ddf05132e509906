"""One sweep of the inbox: archive, journal, land, and only then take the file out of the inbox.

The order makes a crash harmless: until a file is journaled it stays in the inbox; once journaled it is landed at the
next sweep, and the same drop found again is not received twice.
"""

import hashlib
import logging
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from ingestion import journal
from ingestion.access import ORIGINAL_FILE, create, make_folder
from ingestion.clock import SWEEP_SOURCE, is_ahead, receipt_time
from ingestion.inbox import RECEIPTS_FILE, InboxFile, log_ignored, wait_for_rest
from ingestion.landing import Receipt, archived_path, land, land_missing, read_file, receipt_id_of, receipt_ids
from ingestion.reading import SafeReader
from ingestion.receipts import BroughtReceipt, brought_receipts
from ingestion.registry import Registry, load_registry
from ingestion.settings import Settings, get_settings
from ingestion.store import open_warehouse

logger = logging.getLogger(__name__)


@dataclass
class SweepReport:
    """What one sweep received; `months` are the month ids that new receipts speak for, sorted."""

    receipts: list[Receipt] = field(default_factory=list)
    months: list[str] = field(default_factory=list)


def sweep() -> SweepReport:
    """Take in every whole file of the inbox. Waits until files have rested; never fails because of one file.

    ClockError, with everything left in the inbox, when the machine's clock contradicts what was received before.
    """
    settings = get_settings()
    registry = load_registry(settings.registry)
    make_folder(settings.inbox)
    log_ignored(settings.inbox)
    wait_for_rest(settings.inbox)
    report = SweepReport()
    with open_warehouse() as connection, SafeReader() as reader:
        report.receipts += land_missing(connection, registry, settings.archive)
        # Listed again under the lock: another sweep may have taken files in meanwhile.
        files = wait_for_rest(settings.inbox)
        arrivals = _arrivals(connection, settings, files)
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


def _arrivals(connection: duckdb.DuckDBPyConnection, settings: Settings, files: list[InboxFile]) -> list[_Arrival]:
    """The files with their receipt times, in the order in which they were received."""
    if not files:
        return []
    seen_at = receipt_time(connection, datetime.now(UTC).replace(microsecond=0))
    brought = brought_receipts(settings.inbox) if settings.trust_receipts else {}
    arrivals = []
    for file in files:
        try:
            content = file.path.read_bytes()
        except OSError as error:  # not allowed, or gone again: the others go on, and this one is tried at every sweep
            logger.error("“%s”读不出来，未接收，留在收件箱：%s", file.name, error)
            continue
        sha256 = hashlib.sha256(content).hexdigest()
        receipt = brought.get((file.name, sha256), BroughtReceipt(seen_at, SWEEP_SOURCE))
        if is_ahead(receipt.received_at, seen_at):
            logger.error(
                "“%s”在 %s 中的收件时间 %s 晚于本机时间，未接收，留在收件箱；请核对该时间和本机时钟",
                file.name, RECEIPTS_FILE, receipt.received_at.isoformat(),
            )  # fmt: skip
            continue
        arrivals.append(_Arrival(file, content, sha256, receipt))
    return sorted(arrivals, key=lambda a: (a.receipt.received_at, a.file.modified_ns, a.file.name))


def _take_in(
    connection: duckdb.DuckDBPyConnection, registry: Registry, reader: SafeReader, archive: Path, arrival: _Arrival
) -> Receipt | None:
    """Archive, journal and land one file, then take it out of the inbox; None when this very drop was received."""
    receipt = _receipt(arrival)
    if receipt.receipt_id in receipt_ids(connection) or _was_received(connection, arrival):
        _remove(arrival.file)
        return None
    path = archived_path(archive, arrival.sha256)
    _archive(path, arrival.content)
    file = read_file(reader, path, registry)
    journal.append("receipts", receipt.to_journal())
    land(connection, registry, receipt, file)
    _remove(arrival.file)
    return receipt


def _was_received(connection: duckdb.DuckDBPyConnection, arrival: _Arrival) -> bool:
    """Whether a crash came between journal and removal: this very drop, not an equal file, was received already."""
    rows = connection.execute(
        "select 1 from raw.receipts where drop_id = ? and sha256 = ?", [arrival.file.drop_id, arrival.sha256]
    ).fetchall()
    return bool(rows)


def _receipt(arrival: _Arrival) -> Receipt:
    received_at = arrival.receipt.received_at
    return Receipt(
        receipt_id=receipt_id_of(arrival.sha256, arrival.file.name, received_at),
        sha256=arrival.sha256,
        file_name=arrival.file.name,
        folder_name=arrival.file.folder_name,
        received_at=received_at,
        modified_at=arrival.file.modified_at,
        source=arrival.receipt.source,
        drop_id=arrival.file.drop_id,
    )


def _archive(path: Path, content: bytes) -> None:
    """Keep the original under its hash, on disk before anything else happens."""
    if path.exists():
        return
    make_folder(path.parent)
    fresh = path.with_suffix(".part")
    with create(fresh, ORIGINAL_FILE) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _remove(file: InboxFile) -> None:
    """Take a received file out of the inbox, unless it was replaced meanwhile: then the new one waits its turn."""
    try:
        state = file.path.stat()
    except FileNotFoundError:
        return
    if (state.st_size, state.st_mtime_ns) == (file.size, file.modified_ns):
        file.path.unlink()


def _months(connection: duckdb.DuckDBPyConnection, receipts: list[Receipt]) -> list[str]:
    ids = [receipt.receipt_id for receipt in receipts]
    rows = connection.execute(
        "select distinct period from raw.tables where period is not null and receipt_id in (select unnest(?))", [ids]
    ).fetchall()
    return sorted(row[0] for row in rows)
