"""Compares two result sets cell by cell: what was frozen, and what came out of the same inputs again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reports.changes import plain
from reports.grains import GRAINS
from reports.read import ResultSet

# The fingerprint is of everything in the warehouse, later receipts and the code included: no figure rests on it.
NOT_COMPARED = {("build", "fingerprint")}
WHOLE_ROW = "（整行）"
_THERE, _NOT_THERE = "有", "没有"
Row = dict[str, Any]


@dataclass(frozen=True)
class CellDifference:
    """One cell that came out otherwise; a row that only one of the two has is one difference."""

    table: str
    key: str
    column: str
    published: str
    rebuilt: str


@dataclass
class Comparison:
    """What was compared, and what differs. `unmatched` names tables and columns that only one of the two has."""

    table_count: int = 0
    row_count: int = 0
    cell_count: int = 0
    differences: list[CellDifference] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)


def compare(published: ResultSet, rebuilt: ResultSet) -> Comparison:
    """Every table, row and cell that both have; a table or column that came later is named and not compared."""
    comparison = Comparison()
    for table in sorted(published.tables.keys() | rebuilt.tables.keys()):
        old, new = (_columns(result, table) for result in (published, rebuilt))
        if not old or not new:
            comparison.unmatched += [table] if old or new else []
            continue
        shared = [name for name in old if name in new and (table, name) not in NOT_COMPARED]
        comparison.unmatched += [f"{table}.{name}" for name in sorted(set(old) ^ set(new))]
        _compare_table(comparison, table, shared, published.rows(table), rebuilt.rows(table))
    return comparison


def _compare_table(comparison: Comparison, table: str, columns: list[str], old: list[Row], new: list[Row]) -> None:
    known, found = dict(_by_key(table, old)), dict(_by_key(table, new))
    comparison.table_count += 1
    comparison.row_count += len(known)
    comparison.cell_count += len(known) * len(columns)
    for key in [*known, *(key for key in found if key not in known)]:
        if key not in found or key not in known:
            there = (_THERE, _NOT_THERE) if key in known else (_NOT_THERE, _THERE)
            comparison.differences.append(CellDifference(table, key, WHOLE_ROW, *there))
            continue
        before, after = known[key], found[key]
        comparison.differences += [
            CellDifference(table, key, name, _shown(before[name]), _shown(after[name]))
            for name in columns
            if before[name] != after[name]
        ]


def _columns(result: ResultSet, table: str) -> list[str]:
    return result.tables[table].column_names if table in result.tables else []


def _by_key(table: str, rows: list[Row]) -> Iterator[tuple[str, Row]]:
    """Rows under the text of their key; rows of one key, or of a table whose grain is unknown, by their number too."""
    seen: Counter[str] = Counter()
    for row in rows:
        key = " ".join(str(row.get(name)) for name in GRAINS.get(table, ()))
        seen[key] += 1
        yield (f"{key} 第{seen[key]}行" if seen[key] > 1 else key), row


def _shown(value: Any) -> str:
    return plain(value) or ("空" if value is None else "空白")
