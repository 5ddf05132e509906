"""The part of a result set that is about one reporter: what a pre-notice prints and an objection is measured by."""

from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

from reports.changes import Change, changes_between
from reports.read import ResultSet

# Tables of rows of single reporters: filtered. The common ones say the same to everyone. All others are left empty, so
# that a table that is added to results later tells nobody of somebody else.
_OWN = {
    "progress", "rankings", "composite_rankings", "score_parts", "submission_status", "findings", "signed_corrections",
    "restatements", "inputs", "reporters",
}  # fmt: skip
_FIGURES = {"progress", "rankings", "score_parts", "composite_rankings"}
_COMMON = {"indicators", "light_bands", "programme", "period", "build", "scoring_schemes"}


def own_rows(result: ResultSet, reporter_id: str) -> ResultSet:
    """The same result with one reporter's rows alone."""
    return _replaced(result, {name: _only(table, "reporter_id", reporter_id) for name, table in _tables(result, _OWN)})


def rows_for(result: ResultSet, reporter_id: str, indicator_id: str | None) -> list[Change]:
    """One reporter's figures and places (of one indicator), each as a change from nothing; comparable by `moves`."""
    own = own_rows(result, reporter_id)
    tables = {
        name: _only(table, "indicator_id", indicator_id) if indicator_id else table
        for name, table in _tables(own, _FIGURES)
    }
    chosen = _replaced(own, tables)
    return changes_between(_replaced(own, {name: table.slice(0, 0) for name, table in tables.items()}), chosen)


def moves(before: Iterable[Change], after: Iterable[Change]) -> list[Change]:
    """What differs between two outcomes of `rows_for`."""
    old, new = ({_place(change): change for change in changes} for changes in (before, after))
    return [
        {
            **(new.get(place) or old[place]),
            "before": old.get(place, {}).get("after"),
            "after": new.get(place, {}).get("after"),
        }
        for place in dict.fromkeys([*new, *old])
        if old.get(place, {}).get("after") != new.get(place, {}).get("after")
    ]


def _place(change: Change) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, str(value)) for name, value in change.items() if name not in ("before", "after")))


def _tables(result: ResultSet, names: set[str]) -> list[tuple[str, pa.Table]]:
    return [(name, table) for name, table in result.tables.items() if name in names]


def _only(table: pa.Table, column: str, value: str) -> pa.Table:
    return table.filter(pc.equal(table[column], value)) if column in table.column_names else table.slice(0, 0)


def _replaced(result: ResultSet, tables: dict[str, pa.Table]) -> ResultSet:
    kept = {
        name: tables.get(name, table if name in _COMMON | _OWN else table.slice(0, 0))
        for name, table in result.tables.items()
    }
    return ResultSet(result.programme_id, result.cadence, result.period, kept)
