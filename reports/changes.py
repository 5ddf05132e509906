"""What moved between two result sets: every figure, mark, place and state, before and after.

A new vintage comes from a figure, a mark, a place or a state that moved. It does not come from what stands beside them
and can move alone: free texts and wordings, the month that a text is from, days counted from a date, and how well
tables were sent in (which a file that came back moves, or a deadline that passed). `differences_between` names these.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from reports.grains import GRAINS
from reports.read import ResultSet

Change = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """How one table is compared.

    Attributes:
        beside: columns that make no new vintage when they move.
        makes_vintage: whether any of its columns does.
    """

    beside: frozenset[str] = frozenset()
    makes_vintage: bool = True


_TASK_TEXTS = (
    "document_id", "clause", "task", "due", "said_by", "reported_in", "is_reported_in_period", "days_without_movement",
    "progress", "problem", "next_step", "texts_reported_in",
)  # fmt: skip
_ITEM_TEXTS = ("item_name", "item_code", "reported_in", "is_listed_in_period", "days_without_movement", "note")
# The same in every row of a notice.
_OF_THE_NOTICE = {"programme_id", "cadence", "period"}
# In the order in which changes are listed; what makes a row the same row stands in grains.py.
COMPARED: dict[str, Comparison] = {
    "composite_rankings": Comparison(),
    "progress": Comparison(),
    "rankings": Comparison(),
    "city_progress": Comparison(),
    "score_parts": Comparison(),
    "movers": Comparison(),
    "target_ledger": Comparison(frozenset(("document_id", "clause", "lead_units", "responsible_units"))),
    "clause_ledger": Comparison(),
    "unit_progress": Comparison(frozenset(("unit_name", "unit_kind"))),
    "task_progress": Comparison(frozenset(_TASK_TEXTS)),
    "ledger_items": Comparison(frozenset(_ITEM_TEXTS)),
    "return_quality": Comparison(makes_vintage=False),
}


def changes_between(before: ResultSet, after: ResultSet) -> list[Change]:
    """What moved and makes a new vintage, ordered; empty when no figure moved.

    A change names its table, the key of its row, the field, and the values as text; None is “no such value”.
    A table or column that only one of the two has is no difference: the programme grew, the figures did not move.
    """
    return [change for change in differences_between(before, after) if is_counted(change)]


def differences_between(before: ResultSet, after: ResultSet) -> list[Change]:
    """The same with what makes no new vintage."""
    found: list[Change] = []
    for table in COMPARED:
        key, fields = GRAINS[table], _shared_fields(before, after, table)
        old, new = (_by_key(result, table, key) if fields else {} for result in (before, after))
        for row_key in sorted(old.keys() | new.keys()):
            found += _row_changes(
                table, dict(zip(key, row_key, strict=True)), fields, old.get(row_key), new.get(row_key)
            )
    return found


def is_counted(change: Change) -> bool:
    """Whether a change makes a new vintage by itself."""
    comparison = COMPARED[change["table"]]
    return comparison.makes_vintage and change["field"] not in comparison.beside


def inputs_added(before: ResultSet, after: ResultSet) -> list[dict[str, Any]]:
    """Counted submissions that the earlier result did not rest on."""
    known = {row["receipt_id"] for row in before.rows("inputs")}
    return [row for row in after.rows("inputs") if row["receipt_id"] not in known]


def _shared_fields(before: ResultSet, after: ResultSet, table: str) -> list[str]:
    """The columns beside the key that both have, in the order of the later one; none where one lacks the table."""
    old, new = (result.tables[table].column_names if table in result.tables else [] for result in (before, after))
    told_apart = _OF_THE_NOTICE | set(GRAINS[table])
    return [name for name in new if name in old and name not in told_apart]


def _by_key(result: ResultSet, table: str, key: tuple[str, ...]) -> dict[tuple[str, ...], dict[str, Any]]:
    return {tuple(str(row[name]) for name in key): row for row in result.rows(table)}


def _row_changes(
    table: str, key: dict[str, str], fields: list[str], old: dict[str, Any] | None, new: dict[str, Any] | None
) -> list[Change]:
    before, after = old or {}, new or {}
    return [
        {"table": table, **key, "field": name, "before": plain(before.get(name)), "after": plain(after.get(name))}
        for name in fields
        if before.get(name) != after.get(name)
    ]


def plain(value: Any) -> str | None:
    """A value as people read it: a decimal zero is “0E-12” to str()."""
    return f"{value:f}" if isinstance(value, Decimal) else None if value is None else str(value)
