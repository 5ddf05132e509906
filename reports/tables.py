"""Tables as every form of a notice prints them: named columns, rows of cells. No form knows a mart, no mart a form."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from reports.figures import EMPTY, Cell


@dataclass(frozen=True)
class Column:
    """One column: key of its cells, header, width in half-width characters, alignment, unit under the header."""

    key: str
    label: str
    width: int
    align: str = "right"
    is_sortable: bool = False
    unit: str = ""

    @property
    def wraps(self) -> bool:
        """Whether its texts are sentences that may break over lines."""
        return self.align == "left" and self.width >= 26


@dataclass(frozen=True)
class TableRow:
    """Cells by column key; `kind` is reporter, city or group and only styles the row."""

    cells: dict[str, Cell]
    kind: str = "reporter"
    reporter_id: str = ""

    def cell(self, key: str) -> Cell:
        """The cell of a column; a column the row does not have is empty."""
        return self.cells.get(key, EMPTY)


@dataclass(frozen=True)
class Table:
    """One printed table; `bands` are headers over runs of columns as (label, number of columns)."""

    table_id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[TableRow, ...]
    remark: str = ""
    bands: tuple[tuple[str, int], ...] = field(default=())

    def without(self, keys: Collection[str]) -> "Table":
        """The same table without the named columns; for tables without bands over them."""
        return replace(self, columns=tuple(column for column in self.columns if column.key not in keys))

    def without_empty(self, keys: Collection[str]) -> "Table":
        """The same table without those of the named columns in which no row has more than a word for nothing."""
        kept = tuple(column for column in self.columns if column.key not in keys or self._is_filled(column.key))
        return replace(self, columns=kept)

    def _is_filled(self, key: str) -> bool:
        return any(row.cell(key).text and row.cell(key).tone != "absent" for row in self.rows)


@dataclass(frozen=True)
class Chapter:
    """What is said about one indicator or one reporter, on a sheet or page of its own.

    Attributes:
        title: its name, as the registry has it.
        tables: one below the other.
        remarks: sentences under the title.
        charted: id of the table whose rows are lines over its columns; empty where there is nothing to draw.
    """

    title: str
    tables: list[Table]
    remarks: list[str] = field(default_factory=list)
    charted: str = ""
