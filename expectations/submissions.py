"""What lies in schema raw, and which receipts have to be judged together."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import duckdb

# Tasks and items as one list: what it is, its code, its status.
_LEDGERS = """
    with ledgers as (
        select
            table_id, receipt_id, sheet, row_number, 'task' as item_kind, task_id as code_text,
            task_text as item_text, status_text, status_cell
        from raw.reported_tasks
        union all
        select
            table_id, receipt_id, sheet, row_number, item_kind, item_code_text as code_text, item_text, status_text,
            status_cell
        from raw.reported_items
    )
    select * from ledgers where receipt_id in (select unnest(?)) order by table_id, item_kind, row_number
"""
Row = dict[str, Any]
Chain = tuple[str, str, str]


@dataclass(frozen=True)
class Submissions:
    """Receipts with their tables and values, as rows of raw."""

    receipts: list[Row]
    tables: list[Row] = field(default_factory=list)
    values: list[Row] = field(default_factory=list)
    ledger_rows: list[Row] = field(default_factory=list)

    @cached_property
    def receipt_by_id(self) -> dict[str, Row]:
        """Receipts by receipt_id."""
        return {row["receipt_id"]: row for row in self.receipts}

    @cached_property
    def receipt_of_table(self) -> dict[str, str]:
        """receipt_id by table_id."""
        return {row["table_id"]: row["receipt_id"] for row in self.tables}

    @cached_property
    def tables_by_receipt(self) -> dict[str, list[Row]]:
        """The tables of each receipt, by receipt_id."""
        return _grouped(self.tables, "receipt_id")

    @cached_property
    def values_by_table(self) -> dict[str, list[Row]]:
        """The rows of each table, by table_id."""
        return _grouped(self.values, "table_id")

    @cached_property
    def ledgers_by_table(self) -> dict[str, list[Row]]:
        """Tasks and items that came with each table, by table_id."""
        return _grouped(self.ledger_rows, "table_id")


def chain_of(table: Row) -> Chain | None:
    """Programme, reporter and year: the tables in which one month's cumulative stands on another's. None if unknown."""
    if not (table["programme_id"] and table["reporter_id"] and table["period"]):
        return None
    return table["programme_id"], table["reporter_id"], table["period"][:4]


def version_key(receipt: Row) -> tuple[datetime, datetime, str, str]:
    """The order of versions: the last one counts."""
    return receipt["received_at"], receipt["modified_at"], receipt["file_name"], receipt["sha256"]


def load_to_judge(connection: duckdb.DuckDBPyConnection) -> tuple[Submissions, set[str]]:
    """Unjudged receipts with every receipt whose chain they touch, directly or through others; and the unjudged ids.

    A verdict is a function of all receipts of a chain, so they are judged together, judged ones too.
    """
    unjudged = {
        row["receipt_id"]
        for row in _rows(
            connection,
            "select receipt_id from raw.receipts anti join raw.judgements using (receipt_id)",
        )
    }
    if not unjudged:
        return Submissions([]), unjudged
    tables = _rows(connection, "select * from raw.tables order by table_id")
    ids = sorted(_linked(unjudged, tables))
    receipts = _rows(connection, "select * from raw.receipts where receipt_id in (select unnest(?))", ids)
    values = _rows(
        connection,
        "select * from raw.reported_values where receipt_id in (select unnest(?)) order by table_id, row_number",
        ids,
    )
    wanted = set(ids)
    tables = [table for table in tables if table["receipt_id"] in wanted]
    ledger_rows = _rows(connection, _LEDGERS, [*ids])
    return Submissions(sorted(receipts, key=version_key), tables, values, ledger_rows), unjudged


def _linked(start: set[str], tables: list[Row]) -> set[str]:
    """The receipts reachable from `start` over shared chains."""
    chains, members = defaultdict(set), defaultdict(set)
    for table in tables:
        if chain := chain_of(table):
            chains[table["receipt_id"]].add(chain)
            members[chain].add(table["receipt_id"])
    reached, waiting = set(start), list(start)
    while waiting:
        for chain in chains[waiting.pop()]:
            new = members[chain] - reached
            reached |= new
            waiting += new
    return reached


def _rows(connection: duckdb.DuckDBPyConnection, query: str, ids: list[str] | None = None) -> list[Row]:
    cursor = connection.execute(query, [ids] if ids is not None else [])
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]


def _grouped(rows: list[Row], key: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return dict(groups)
