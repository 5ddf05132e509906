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

    def look(self, name: str) -> Format:
        """A named look: title, header, note …"""
        return self._make(_LOOKS[name])

    def cell(self, cell: Cell, align: str, row_kind: str) -> Format:
        """The look of a data cell: its number format, alignment and, for a light, its colour as the ground."""
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

    def light(self, colour: str) -> Format:
        """The legend's sample of a light."""
        return self._make({"align": "center", **_BORDER, **_ground(colour)})

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
    return max(1, sum(-(-_width(line) // max(width - 1, 2)) for line in words.split("\n")))


def _width(line: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)


def _ground(colour: str) -> dict[str, Any]:
    """Fill with a readable ink on it: dark grounds get white letters."""
    if len(colour) != 7:
        return {}
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    is_dark = 299 * red + 587 * green + 114 * blue < 140_000
    return {"bg_color": colour, "font_color": "#FFFFFF" if is_dark else "#1A1A1A", "bold": True}
