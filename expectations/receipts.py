"""What an accepted file's sender keeps: one page a receipt, with what came, when, what of it counts, what to answer.

It says what was known when the file was accepted, so that it is the same page whenever it is issued.
"""

import hashlib
from functools import lru_cache
from pathlib import Path

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from expectations.findings import month_label, shanghai_minute
from expectations.returns import entry_name
from expectations.submissions import Row
from ingestion import journal
from ingestion.access import SHARED_FILE, make_folder
from ingestion.contract import SAMPLE_LABEL
from ingestion.registry import load_registry
from ingestion.settings import Settings

_TEMPLATES = Path(__file__).parent / "templates"
_ACCEPTED = """
    select receipt_id, file_name, sha256, received_at, accepted_at
    from raw.receipts inner join raw.judgements using (receipt_id)
    where verdict = 'accepted' order by received_at, receipt_id"""
_TABLES = """
    select tables.*, (select count(*) from raw.reported_values as v where v.table_id = tables.table_id) as row_count
    from raw.tables where receipt_id = ? order by table_id"""
_WARNINGS = """
    select sheet, cell, row_number, column_label, found, expected, message, rule_id from raw.findings
    where receipt_id = ? and severity = '提醒' and known_from_at <= ? and (known_until_at is null or known_until_at > ?)
    order by table_id nulls first, row_number nulls first, cell, rule_id, message"""


def issue_receipts(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[Path]:
    """Write the page of every accepted receipt that has none, and journal it; the new pages."""
    issued = {entry["receipt_id"] for entry in journal.read("receipts_issued")}
    waiting = [receipt for receipt in _rows(connection, _ACCEPTED) if receipt["receipt_id"] not in issued]
    if not waiting:
        return []
    registry = load_registry(settings.registry)
    names = {
        kind: {row[f"{kind}_id"]: row[f"{kind}_name"] for row in registry.rows(f"{kind}s")}
        for kind in ("programme", "reporter")
    }
    return [_issue(connection, settings, names, receipt) for receipt in waiting]


def _issue(
    connection: duckdb.DuckDBPyConnection, settings: Settings, names: dict[str, dict[str, str]], receipt: Row
) -> Path:
    """One page; it appears whole under its final name or not at all."""
    receipt_id, accepted_at = receipt["receipt_id"], receipt["accepted_at"]
    tables = _rows(connection, _TABLES, receipt_id)
    warnings = _rows(connection, _WARNINGS, receipt_id, accepted_at, accepted_at)
    page = (
        _environment()
        .get_template("receipt.html.j2")
        .render(receipt=receipt, tables=tables, warnings=warnings, names=names, sample_label=SAMPLE_LABEL)
    ).encode()
    path = settings.receipts / f"{entry_name(receipt)}.html"
    make_folder(path.parent)
    fresh = path.with_name(f".{receipt_id}.part")
    fresh.write_bytes(page)
    fresh.chmod(SHARED_FILE)
    fresh.replace(path)
    entry = {"receipt_id": receipt_id, "file": path.name, "sha256": hashlib.sha256(page).hexdigest()}
    journal.append("receipts_issued", entry | {"warning_count": len(warnings)})
    return path


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"minute": shanghai_minute, "month": month_label}
    return environment


def _rows(connection: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[Row]:
    cursor = connection.execute(query, list(values))
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
