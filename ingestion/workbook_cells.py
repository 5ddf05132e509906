"""What the workbook reader does not tell, or too late: error cells, percentages, and how far a sheet's cells reach."""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PERCENT_FORMAT_IDS = frozenset((9, 10))
_ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_FAR_ADDRESS = re.compile(rb"""\sr=["'](?:[A-Z]{3}|[A-Z]{1,2}[0-9]{5})""", re.IGNORECASE)


def noted_cells(content: bytes) -> dict[str, dict[tuple[int, int], str]]:
    """By sheet name and (row, column) from 0: the error text, or the number as people see it with its percent sign.

    A workbook whose parts are not where the standard puts them has no notes.
    """
    archive = zipfile.ZipFile(io.BytesIO(content))
    try:
        percent_styles = _percent_styles(archive)
        return {name: dict(_notes(archive, part, percent_styles)) for name, part in _sheet_parts(archive)}
    except KeyError:
        return {}


def far_cells(content: bytes) -> dict[str, tuple[int, int]]:
    """By sheet name: the last row and column (from 1) of its filled cells, where some stand far out.

    Told before the reader lays out all that lies between as one grid, which can cost it more than a gigabyte. A sheet
    without such a cell is not in it, nor any whose parts are not where the standard puts them.
    """
    archive = zipfile.ZipFile(io.BytesIO(content))
    try:
        extents = {name: _extent(archive.read(part)) for name, part in _sheet_parts(archive)}
    except KeyError:
        return {}
    return {name: extent for name, extent in extents.items() if extent}


def _extent(content: bytes) -> tuple[int, int] | None:
    if not _FAR_ADDRESS.search(content):
        return None
    cells = (cell for _, cell in ElementTree.iterparse(io.BytesIO(content)) if cell.tag == f"{_MAIN}c")
    filled = [_position(cell.get("r", "")) for cell in cells if cell.findtext(f"{_MAIN}v")]
    positions = [position for position in filled if position]
    if not positions:
        return None
    return max(row for row, _ in positions) + 1, max(column for _, column in positions) + 1


def calculated_cells(content: bytes) -> dict[str, dict[str, tuple[str, str]]]:
    """By sheet name and address: type (as the file has it) and text of what each formula came to when last saved."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    return {name: dict(_calculated(archive, part)) for name, part in _sheet_parts(archive)}


def _calculated(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, tuple[str, str]]]:
    with archive.open(part) as stream:
        for _, cell in ElementTree.iterparse(stream):
            if cell.tag == f"{_MAIN}row":
                cell.clear()
            if cell.tag == f"{_MAIN}c" and cell.find(f"{_MAIN}f") is not None:
                value, kind = cell.findtext(f"{_MAIN}v"), cell.get("t", "n")
                if value is not None and kind in ("n", "str", "b", "e"):
                    yield cell.get("r", ""), (kind, value)


def _sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the archive member that holds it."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    workbook = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    for sheet in workbook.iter(f"{_MAIN}sheet"):
        target = targets[sheet.get(_RELATION)]
        yield sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)


def _percent_styles(archive: zipfile.ZipFile) -> set[str]:
    """The style numbers whose number format shows a percentage."""
    if "xl/styles.xml" not in archive.namelist():
        return set()
    styles = ElementTree.fromstring(archive.read("xl/styles.xml"))
    percent = {
        int(form.get("numFmtId", "0"))
        for form in styles.iter(f"{_MAIN}numFmt")
        if "%" in re.sub(r'"[^"]*"', "", form.get("formatCode", ""))
    } | _PERCENT_FORMAT_IDS
    formats = styles.find(f"{_MAIN}cellXfs")
    used = [] if formats is None else [int(form.get("numFmtId", "0")) for form in formats]
    return {str(position) for position, format_id in enumerate(used) if format_id in percent}


def _notes(archive: zipfile.ZipFile, part: str, percent_styles: set[str]) -> Iterator[tuple[tuple[int, int], str]]:
    content = archive.read(part)
    # Most sheets have nothing to note, and looking for it costs a tenth of parsing.
    styles = "|".join(sorted(percent_styles)) or "none"
    if not re.search(rf"""\s(?:t=["']e|s=["'](?:{styles}))["']""".encode(), content):
        return
    with io.BytesIO(content) as stream:
        for _, cell in ElementTree.iterparse(stream):
            if cell.tag == f"{_MAIN}row":
                cell.clear()
            if cell.tag != f"{_MAIN}c":
                continue
            value = cell.findtext(f"{_MAIN}v")
            position = _position(cell.get("r", ""))
            if value is None or position is None:
                continue
            if cell.get("t") == "e":
                yield position, value
            elif cell.get("t", "n") == "n" and cell.get("s") in percent_styles:
                yield position, f"{(Decimal(value) * 100).normalize():f}%"


def _position(address: str) -> tuple[int, int] | None:
    match = _ADDRESS.fullmatch(address.upper())
    if not match:
        return None
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1
