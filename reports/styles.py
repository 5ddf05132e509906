"""Formats of the workbook: each distinct look is made once, because a workbook keeps every format it was given."""

import re
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter
from xlsxwriter.format import Format

from reports.figures import Cell

FONT = "微软雅黑"
RED = "#A61B1B"
LINE = 17  # points that one line of text takes
_BORDER = {"border": 1, "border_color": "#9E9E9E"}
_HEADER = {"bold": True, "bg_color": "#EFEFEC", "align": "center", "text_wrap": True, **_BORDER}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "align": "center", "font_color": RED},
    "draft": {"bold": True, "font_size": 20, "align": "center", "font_color": RED, "border": 2, "border_color": RED},
    "sample": {"bold": True, "font_size": 12, "align": "center", "font_color": RED},
    "fact": {"font_size": 10, "align": "left", "text_wrap": True},
    "statement": {"font_size": 10, "align": "left", "text_wrap": True, "font_color": RED},
    "header": _HEADER,
    "section": {"bold": True, "font_size": 12, "align": "left"},
    "term": {"bold": True, "align": "left", "valign": "top", **_BORDER},
    "note": {"align": "left", "text_wrap": True, **_BORDER},
    "remark": {"align": "left"},
    "link": {"font_size": 9, "align": "left", "font_color": "#1A5276", "underline": 1},
    "entry": {"align": "left", "font_color": "#1A5276", "underline": 1, **_BORDER},
}
# Where a figure of the scoring sheet comes from, by its ground.
_ORIGINS: dict[str, dict[str, Any]] = {
    "填报数": {"bg_color": "#E3F0FA"},
    "登记数": {"bg_color": "#EFEFEC"},
    "报送记录": {"bg_color": "#EFEFEC"},
    "sum": {"bold": True, "bg_color": "#F7F4EA"},
}
_ROWS: dict[str, dict[str, Any]] = {
    "reporter": {},
    "city": {"bold": True, "top": 2},
    "group": {"bold": True, "bg_color": "#EFEFEC", "align": "left"},
}


class Styles:
    """Formats of one workbook, by what they are for."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        """Formats are made in `book` when first asked for."""
        self.book = book
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}
        self._cells: dict[tuple[str, bool, str, str, str, str], Format] = {}

    def look(self, name: str) -> Format:
        """A named look: title, header, note …"""
        return self._make(_LOOKS[name])

    def cell(self, cell: Cell, align: str, row_kind: str) -> Format:
        """The look of a data cell: its number format, alignment and, for a light, its colour as the ground."""
        key = (cell.number_format, cell.number is None, cell.tone, cell.colour, align, row_kind)
        if key not in self._cells:
            self._cells[key] = self._cell(cell, align, row_kind)
        return self._cells[key]

    def _cell(self, cell: Cell, align: str, row_kind: str) -> Format:
        properties: dict[str, Any] = {"align": align, **_BORDER, **_ROWS[row_kind]}
        if cell.number_format:
            properties["num_format"] = cell.number_format
        if cell.number is None:
            properties["text_wrap"] = True
        if cell.tone == "absent":
            properties |= {"font_color": "#595959", "align": "center" if align == "right" else align}
        if cell.tone == "late":
            properties["bold"] = True
        if cell.tone == "light":
            properties |= {"align": "center"} | _ground(cell.colour)
        return self._make(properties)

    def origin(self, origin: str, number_format: str, align: str = "right") -> Format:
        """The look of a cell of the scoring sheet: by where its figure comes from."""
        properties = {"num_format": number_format, "align": align, "text_wrap": True, **_BORDER}
        return self._make(properties | _ORIGINS.get(origin, {}))

    def light(self, colour: str) -> Format:
        """The legend's sample of a light."""
        return self._make({"align": "center", **_BORDER, **_ground(colour)})

    def ink(self, colour: str) -> Format:
        """Letters in the colour of a light."""
        return self._make({"bold": True, "font_color": colour_of(colour)})

    def _make(self, properties: dict[str, Any]) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
            self._made[key] = self.book.add_format(base | properties)
        return self._made[key]


def colour_of(value: str) -> str:
    """A registry colour if it is one, else grey: nothing else may enter a page's or a document's style."""
    return value if re.fullmatch(r"#[0-9a-fA-F]{6}", value) else "#757575"


def lines_of(words: str, width: int) -> int:
    """Lines that a text needs in a column of that many half-width characters; a Chinese character takes two."""
    if 2 * len(words) < width and "\n" not in words:
        return 1
    return sum(_lines(width_of(line), width) for line in words.split("\n"))


def _lines(length: int, width: int) -> int:
    # A Chinese character that begins on the last half-width place goes to the next line.
    return 1 if length <= width else -(-length // max(width - 1, 2))


def width_of(line: str) -> int:
    """Half-width characters that a line of text takes."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)


def _ground(colour: str) -> dict[str, Any]:
    """Fill with a readable ink on it: dark grounds get white letters."""
    if len(colour) != 7:
        return {}
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    is_dark = 299 * red + 587 * green + 114 * blue < 140_000
    return {"bg_color": colour, "font_color": "#FFFFFF" if is_dark else "#1A1A1A", "bold": True}
