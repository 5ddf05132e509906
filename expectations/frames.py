"""Frames: the facts that the rules decide on, one list of rows a grain. Nothing is decided here.

files (one row a receipt), tables, rows (an indicator's row), cells (a filled number cell), required (an indicator that
is owed), parts (an indicator's row against one that it is a part of), pairs (an increment in a table, against the same
in one version of the previous month's table). The frames of history.py are built when the verdicts are known.
Each row has a unique `key`; entries whose name begins with `_` are not judged, they tell a finding where it lies.
"""

from collections import defaultdict
from datetime import UTC
from decimal import Decimal

from expectations.catalogue import Rule
from expectations.closings import closings
from expectations.measures import growth_of
from expectations.roster import Roster
from expectations.submissions import Chain, Row, Submissions, chain_of
from ingestion.contract import NUMBER_COLUMNS, PARTIAL_MODE
from ingestion.periods import TIMEZONE
from ingestion.unit_conversion import is_same_measure

INCREMENT = "increment"
FIRST_MONTH = "01"
TARGET_RULE = "TGT-001"
# Kinds that a percentage grows from; a rate is one already.
_RATE_KINDS = frozenset(("rate", "ratio"))
# A growth rate is a percentage with a sign, whatever its indicator counts.
RATE_COLUMNS = frozenset(("growth_pct",))
_ZERO = Decimal(0)


def build_frames(
    batch: Submissions, roster: Roster, catalogue: dict[str, Rule], is_folder_required: bool
) -> dict[str, list[Row]]:
    """All frames of a batch that need no verdict, by name; `catalogue` has the thresholds."""
    factor = catalogue[TARGET_RULE].parameters["factor"]
    rows = [(table, row) for table in batch.tables for row in batch.values_by_table.get(table["table_id"], [])]
    versions = _versions(batch)
    closed = closings(batch, roster)
    return {
        "files": [_file_row(batch, receipt, is_folder_required) for receipt in batch.receipts],
        "tables": [_table_row(batch, roster, table) | closed[table["table_id"]] for table in batch.tables],
        "rows": [
            _value_row(roster, table, row) | _growth_facts(roster, row) | _target_facts(roster, table, row, factor)
            for table, row in rows
        ],
        "cells": [cell for table, row in rows for cell in _cell_rows(roster, table, row)],
        "required": [
            row
            for table in batch.tables
            if not _adds_to_an_earlier(batch, table, versions)
            for row in _required_rows(batch, roster, table)
        ],
        "parts": [part for table in batch.tables for part in _part_rows(batch, roster, table)],
        "pairs": [pair for table in batch.tables for pair in _pair_rows(batch, roster, table, versions)],
    }


def received_date(receipt: Row) -> str:
    """The day of a receipt in Asia/Shanghai, as ISO text."""
    return str(receipt["received_at"].replace(tzinfo=UTC).astimezone(TIMEZONE).date())


def previous_month(month: str) -> str | None:
    """The month before, inside the same year; None for January."""
    return None if month.endswith(FIRST_MONTH) else f"{month[:4]}-{int(month[5:]) - 1:02d}"


def _file_row(batch: Submissions, receipt: Row, is_folder_required: bool) -> Row:
    return {
        "key": receipt["receipt_id"],
        "_receipt": receipt,
        "problem": receipt["problem"],
        "folder_name": receipt["folder_name"],
        "folder_reporter_id": receipt["folder_reporter_id"],
        "folder_duty": "required" if is_folder_required else None,
        "table_count": len(batch.tables_by_receipt.get(receipt["receipt_id"], [])),
    }


def _table_row(batch: Submissions, roster: Roster, table: Row) -> Row:
    receipt = batch.receipt_by_id[table["receipt_id"]]
    head = {name: table[name] for name in ("programme_id", "reporter_id", "period")}
    return head | {
        "key": table["table_id"],
        "_receipt": receipt,
        "_table": table,
        "received_month": received_date(receipt)[:7],
        "nearest_programme_month": roster.nearest_programme_month(head["programme_id"], head["period"]),
        "belongs_as": roster.belongs_as(*head.values()),
        "folder_reporter_id": receipt["folder_reporter_id"],
        "template_version": table["template_version"],
        "current_version": roster.form_version(*head.values()) if table["template_version"] else None,
    }


def _value_row(roster: Roster, table: Row, row: Row) -> Row:
    indicator = roster.indicators.get(row["indicator_id"] or "", {})
    is_opening = indicator.get("kind") == INCREMENT and (table["period"] or "").endswith(FIRST_MONTH)
    return {
        "key": f"{table['table_id']}/{row['row_number']}",
        "_table": table,
        "_row": row,
        "table_id": table["table_id"],
        "programme_id": table["programme_id"],
        "indicator_id": row["indicator_id"],
        "home_programme_id": indicator.get("home_programme_id"),
        "supplier": roster.supplier_name(indicator) if indicator else None,
        "supplied_by": _supplied_by(roster, table, indicator) if indicator else None,
        "unit": indicator["unit"] if indicator and row["unit_text"] else None,
        "measured_unit": _measured_unit(roster, row, indicator) if indicator and row["unit_text"] else None,
        "tolerance": _tolerance(indicator) if indicator else None,
        "opening_difference": _difference(row, _ZERO) if is_opening else None,
    }


def _measured_unit(roster: Roster, row: Row, indicator: Row) -> str:
    """The indicator's unit where the one written is it or was converted to it, else the one written."""
    is_same = is_same_measure(roster.registry, row["unit_text"], indicator["unit"])
    return indicator["unit"] if is_same else row["unit_text"]


def _growth_facts(roster: Roster, row: Row) -> Row:
    """How far a reported growth is from the one computed; unknown where nothing can be computed."""
    indicator = roster.indicators.get(row["indicator_id"] or "", {})
    growth = None
    if indicator and indicator["kind"] not in _RATE_KINDS:
        # A count is what it is; anything else was rounded.
        half_unit = _ZERO if indicator["decimals"] == "0" else _tolerance(indicator)
        figures = (row["cumulative_value"], row["same_period_value"])
        growth = growth_of(row["growth_pct"], row["growth_pct_text"], *figures, half_unit)
    return {
        "_growth": growth and growth.computed,
        "growth_distance": growth and growth.distance,
        "growth_tolerance": growth and growth.tolerance,
    }


def _target_facts(roster: Roster, table: Row, row: Row, factor: Decimal) -> Row:
    """The reporter's own target for the year and the bound that a cumulative should stay below."""
    target = roster.own_target(row["indicator_id"], table["reporter_id"], table["period"])
    value = Decimal(target["value"]) if target else None
    return {
        "_target": target,
        "target_bound": value * factor if value and value > 0 else None,
        "targeted_value": row["cumulative_value"] if value else None,
    }


def _supplied_by(roster: Roster, table: Row, indicator: Row) -> str | None:
    """The supplier where the table's reporter is one, else the reporter itself; None where nobody can say.

    Whether a reporter belongs to the programme, or the indicator into its table, is another rule's question.
    """
    reporter_id, month = table["reporter_id"], table["period"]
    if not month or table["programme_id"] not in (None, indicator["home_programme_id"]):
        return None
    if not roster.belongs_as(indicator["home_programme_id"], reporter_id, month):
        return None
    return roster.supplier_name(indicator) if roster.is_supplier(reporter_id, indicator, month) else reporter_id


def _cell_rows(roster: Roster, table: Row, row: Row) -> list[Row]:
    indicator = roster.indicators.get(row["indicator_id"] or "", {})
    cells = []
    for column in NUMBER_COLUMNS:
        if row[f"{column.name}_text"] is None:
            continue
        value = row[column.name]
        counts = column.name not in RATE_COLUMNS and value is not None
        floor = _ZERO if counts and indicator.get("is_non_negative") == "true" else None
        whole = value.to_integral_value() if counts and indicator.get("decimals") == "0" else None
        cells.append(
            {
                "key": f"{table['table_id']}/{row['row_number']}/{column.name}",
                "_table": table,
                "_row": row,
                "_column": column.name,
                "value": value,
                "floor": floor,
                "whole_value": whole,
                "below_floor": None if floor is None else floor - value,
                "fraction": None if whole is None else abs(value - whole),
            }
        )
    return cells


def _adds_to_an_earlier(batch: Submissions, table: Row, versions: dict[tuple[Chain, str], list[Row]]) -> bool:
    """Whether a table says that it only corrects rows of one that was received before it."""
    chain = chain_of(table)
    if table["correction_mode"] != PARTIAL_MODE or not chain:
        return False
    received = batch.receipt_by_id[table["receipt_id"]]["received_at"]
    same_month = versions.get((chain, table["period"]), [])
    return any(batch.receipt_by_id[other["receipt_id"]]["received_at"] < received for other in same_month)


def _required_rows(batch: Submissions, roster: Roster, table: Row) -> list[Row]:
    values = batch.values_by_table.get(table["table_id"], [])
    required = []
    for indicator in roster.required_indicators(table["programme_id"], table["reporter_id"], table["period"]):
        rows = [row for row in values if row["indicator_id"] == indicator["indicator_id"]]
        needed = needed_columns(indicator)
        # A text that is no number is filled in, and a finding of its own.
        texts = [row[f"{name}_text"] for row in rows for name in needed if row[f"{name}_text"] is not None]
        required.append(
            {
                "key": f"{table['table_id']}!{indicator['indicator_id']}",
                "_table": table,
                "_row": rows[0] if rows else None,
                "_indicator": indicator,
                "_column": needed[0],
                "row_number": rows[0]["row_number"] if rows else None,
                "filled_in": texts[0] if texts else None,
            }
        )
    return required


def _part_rows(batch: Submissions, roster: Roster, table: Row) -> list[Row]:
    """The rows of a table whose indicator is a part of another one that stands in the same table."""
    rows = {row["indicator_id"]: row for row in batch.values_by_table.get(table["table_id"], [])}
    return [
        {
            "key": f"{table['table_id']}<{part_id}<{whole_id}",
            "_table": table,
            "_row": rows[part_id],
            "_whole": roster.indicators[whole_id],
            "part_value": rows[part_id]["cumulative_value"],
            "whole_value": rows[whole_id]["cumulative_value"],
        }
        for part_id, whole_id in roster.parts
        if part_id in rows and whole_id in rows
    ]


def needed_columns(indicator: Row) -> tuple[str, ...]:
    """The columns of which one must be filled in: an increment is known from its month or its cumulative."""
    return ("month_value", "cumulative_value") if indicator["kind"] == INCREMENT else ("cumulative_value",)


def _versions(batch: Submissions) -> dict[tuple[Chain, str], list[Row]]:
    """The versions of each month's table, by chain and month."""
    versions: dict[tuple[Chain, str], list[Row]] = defaultdict(list)
    for table in batch.tables:
        if chain := chain_of(table):
            versions[chain, table["period"]].append(table)
    return versions


def _pair_rows(
    batch: Submissions, roster: Roster, table: Row, versions: dict[tuple[Chain, str], list[Row]]
) -> list[Row]:
    """A table's increments against every version of the previous month, received before it or after."""
    chain = chain_of(table)
    month = previous_month(table["period"]) if chain else None
    if not (chain and month) or roster.took_over(table["reporter_id"], table["period"]):
        return []
    pairs = []
    for neighbour in versions.get((chain, month), []):
        previous = {row["indicator_id"]: row for row in batch.values_by_table.get(neighbour["table_id"], [])}
        for row in batch.values_by_table.get(table["table_id"], []):
            indicator = roster.indicators.get(row["indicator_id"] or "")
            if indicator and indicator["kind"] == INCREMENT and row["indicator_id"] in previous:
                pairs.append(_pair_row(table, row, indicator, neighbour, previous[row["indicator_id"]]))
    return pairs


def _pair_row(table: Row, row: Row, indicator: Row, neighbour: Row, previous: Row) -> Row:
    return {
        "key": f"{table['table_id']}|{neighbour['table_id']}|{row['row_number']}",
        "_table": table,
        "_row": row,
        "_neighbour": neighbour,
        "_pair": (table["table_id"], neighbour["table_id"], row["indicator_id"]),
        "_previous_value": previous["cumulative_value"],
        "tolerance": _tolerance(indicator),
        "difference": _difference(row, previous["cumulative_value"]),
    }


def _difference(row: Row, previous: Decimal | None) -> Decimal | None:
    """How far a cumulative is from previous + month; None where one of the three is not known."""
    if previous is None or row["month_value"] is None or row["cumulative_value"] is None:
        return None
    return abs(row["cumulative_value"] - previous - row["month_value"])


def _tolerance(indicator: Row) -> Decimal:
    """Half a unit of the last decimal that the indicator declares."""
    return Decimal(1).scaleb(-int(indicator["decimals"])) / 2
