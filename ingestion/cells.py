"""A submitted cell: its text, and where it stands."""

from dataclasses import dataclass

# Dashes of every width, one or several: what people write where there is no figure.
_NOT_SET = frozenset("-—–―−－/／")


@dataclass(frozen=True)
class Cell:
    """A text, its address such as C7, and its sheet where that is known."""

    text: str
    address: str
    sheet: str | None = None


def is_not_set(text: str) -> bool:
    """Whether a cell says that there is nothing: blank, or nothing but dashes."""
    return _NOT_SET.issuperset(text)


def cell_at(sheet: str, row: list[str], row_index: int, position: int) -> Cell:
    """The cell of a row of text; blank where the row ends before it."""
    text = row[position].strip() if position < len(row) else ""
    return Cell(text, f"{column_letters(position)}{row_index + 1}", sheet)


def column_letters(position: int) -> str:
    """The letters of a column, counted from 0: 0 is A, 26 is AA."""
    letters = ""
    position += 1
    while position:
        position, remainder = divmod(position - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters
