"""What moved between two result sets: every figure and place, before and after."""

from decimal import Decimal
from typing import Any

from reports.read import ResultSet

# What makes a row the same row; every other column of these tables is a figure, a place or a state.
COMPARED: dict[str, tuple[str, ...]] = {
    "progress": ("reporter_id", "indicator_id"),
    "rankings": ("scope", "indicator_id", "basis", "reporter_id"),
    "city_progress": ("target_id", "scope", "indicator_id"),
}
Change = dict[str, Any]


def changes_between(before: ResultSet, after: ResultSet) -> list[Change]:
    """All differences of the compared tables, ordered; empty when no figure moved.

    A change names its table, the key of its row, the field, and the values as text; None is “no such value”.
    A column that only one of the two has is no difference: the programme grew, the figures did not move.
    """
    found: list[Change] = []
    for table, key in COMPARED.items():
        old, new = _by_key(before, table, key), _by_key(after, table, key)
        shared = set(before.tables[table].column_names) & set(after.tables[table].column_names) - set(key)
        fields = [name for name in after.tables[table].column_names if name in shared]
        for row_key in sorted(old.keys() | new.keys()):
            found += _row_changes(
                table, dict(zip(key, row_key, strict=True)), fields, old.get(row_key), new.get(row_key)
            )
    return found


def inputs_added(before: ResultSet, after: ResultSet) -> list[dict[str, Any]]:
    """Counted submissions that the earlier result did not rest on."""
    known = {row["receipt_id"] for row in before.rows("inputs")}
    return [row for row in after.rows("inputs") if row["receipt_id"] not in known]


def _by_key(result: ResultSet, table: str, key: tuple[str, ...]) -> dict[tuple[str, ...], dict[str, Any]]:
    return {tuple(str(row[name]) for name in key): row for row in result.rows(table)}


def _row_changes(
    table: str, key: dict[str, str], fields: list[str], old: dict[str, Any] | None, new: dict[str, Any] | None
) -> list[Change]:
    before, after = old or {}, new or {}
    return [
        {"table": table, **key, "field": name, "before": _plain(before.get(name)), "after": _plain(after.get(name))}
        for name in fields
        if before.get(name) != after.get(name)
    ]


def _plain(value: Any) -> str | None:
    # A decimal zero is “0E-12” to str(); people read these.
    return f"{value:f}" if isinstance(value, Decimal) else None if value is None else str(value)
