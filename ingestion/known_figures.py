"""What the warehouse already knows when a template is written: accepted figures and items of earlier periods."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from ingestion.contract import ITEM_COLUMNS
from ingestion.settings import get_settings
from ingestion.store import RAW_TABLES, open_warehouse

_ACCEPTED = """
    raw.tables as submitted
    inner join raw.receipts as receipts on submitted.receipt_id = receipts.receipt_id
    inner join raw.judgements as judgements on submitted.receipt_id = judgements.receipt_id
        and judgements.verdict = 'accepted'
    inner join raw.{rows} as reported on submitted.table_id = reported.table_id
where submitted.reporter_id = ? and submitted.period = ?
    and coalesce(receipts.folder_reporter_id = submitted.reporter_id, true)
"""
_NEWEST = "receipts.received_at desc, receipts.modified_at desc, receipts.file_name desc, receipts.sha256 desc"


@dataclass(frozen=True)
class KnownFigures:
    """Look-ups in the warehouse; empty where there is none yet, or one that an older version wrote."""

    connection: duckdb.DuckDBPyConnection | None

    def cumulatives(self, reporter_id: str, month: str) -> dict[str, Decimal]:
        """The cumulative of each indicator in the newest accepted table of a month that has one."""
        rows = self._rows(
            f"""select reported.indicator_id, reported.cumulative_value from {_ACCEPTED.format(rows="reported_values")}
            and reported.indicator_id is not null and reported.cumulative_value is not null
            qualify row_number() over (partition by reported.indicator_id order by {_NEWEST}) = 1""",
            [reporter_id, month],
        )
        return {str(indicator_id): value for indicator_id, value in rows}  # type: ignore[misc]

    def items(self, programme_id: str, reporter_id: str, month: str) -> list[dict[str, object]]:
        """The ledgers' lines in the newest accepted table of a month that has any, in their order."""
        names = ["item_kind", *(f"{column.name}_text" for column in ITEM_COLUMNS)]
        names += [column.name for column in ITEM_COLUMNS if column.type == "date"]
        rows = self._rows(
            f"""select {", ".join(f"reported.{name}" for name in names)} from {_ACCEPTED.format(rows="reported_items")}
            and submitted.programme_id = ?
            qualify dense_rank() over (order by {_NEWEST}, submitted.table_id) = 1
            order by reported.item_kind, reported.sheet, reported.row_number""",
            [reporter_id, month, programme_id],
        )
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _rows(self, query: str, parameters: list[str]) -> list[tuple[object, ...]]:
        return self.connection.execute(query, parameters).fetchall() if self.connection else []


@contextmanager
def open_known_figures() -> Iterator[KnownFigures]:
    """The warehouse as it stands, read only."""
    if not get_settings().pipeline_file.exists():
        yield KnownFigures(None)
        return
    with open_warehouse(read_only=True) as connection:
        tables = connection.execute("select table_name from information_schema.tables where table_schema = 'raw'")
        is_complete = {row[0] for row in tables.fetchall()} >= RAW_TABLES.keys()
        yield KnownFigures(connection if is_complete else None)
