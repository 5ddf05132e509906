"""Makes the workbook that goes back: the submitter's own, its wrong cells marked, all findings on a first sheet.

Runs in a child process with limits, because it opens foreign files. Three forms, the first that works is used: the
workbook as it was sent (`edited`), one rebuilt from the cells that the reader saw (`rebuilt`: CSV, xls, et, and what
cannot be edited), one with nothing but the findings (`listed`). None carries macros, external links or live queries.
"""

import io
import re
import traceback
import zipfile
from collections import defaultdict
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.worksheet.worksheet import Worksheet

from expectations.catalogue import RETURNED
from expectations.findings import shortened
from expectations.plain_workbook import calm, own_cells, saved
from expectations.return_sheet import RED, YELLOW, add_return_sheet, line_count, printable, write_text
from expectations.returns import EDITED, FULL_DISK, LISTED, REBUILT
from expectations.submissions import Row
from ingestion.child import serve
from ingestion.conform import parse_number
from ingestion.contract import BY_NAME, COLUMNS
from ingestion.errors import UnreadableFile
from ingestion.full_disk import is_full_disk
from ingestion.readers import ZIP_MAGIC, Sheet, is_return_sheet, read_sheets
from ingestion.registry import fold
from ingestion.workbook_cells import calculated_cells

_AUTHOR = "一表审核"
_OPENING, _ORIGINAL_COMMENT = "【退回说明】", "\n\n【原批注】\n"
_MOST_IN_A_COMMENT = 5
_LONGEST_COMMENT = 3_000
_COMMENT_WIDTH, _COMMENT_LINE = 340, 19
_ADVICE = {
    EDITED: "必须改正的单元格标红，请核对的标黄，批注写明原因和改法；"
    "改正后把本文件放回收件箱即可，本表、颜色和批注不必删除。",
    LISTED: "原表无法标注，请按下表改正原表后把原表放回收件箱。",
}
_ADVICE[REBUILT] = "本文件按从原文件读到的内容重建，格式和公式未保留。" + _ADVICE[EDITED]
_WIDEST_COLUMN = 40
# openpyxl makes a cell for each that a merge covers.
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([^\"']*)")
_MOST_MERGED_CELLS = 100_000
_LABELS = {column.label: {fold(spelling) for spelling in column.spellings} for column in COLUMNS}
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]+)?")


class UnfitForm(Exception):
    """A file cannot go back in this form; nothing is wrong with that."""


def _answer(request: Row) -> tuple[bool, str]:
    try:
        Path(request["target"]).write_bytes(_made(request))
    except UnfitForm:
        return False, ""
    except Exception as error:
        # A foreign file: whatever it makes the library do, it goes back in the next form, and is logged. A full disk is
        # not the file's fault and would be full for the next form too, or make a worse one do.
        return False, FULL_DISK if is_full_disk(error) else traceback.format_exc()
    return True, ""


def _made(request: Row) -> bytes:
    form, receipt, findings = request["form"], request["receipt"], request["findings"]
    original = b"" if form == LISTED else Path(request["original"]).read_bytes()
    sheets = [] if form == LISTED else _sheets(original)
    book = {EDITED: _opened, REBUILT: _rebuilt, LISTED: _empty}[form](original, sheets)
    places = _mark(book, sheets, findings)
    add_return_sheet(book, receipt, findings, _ADVICE[form], lambda finding: places.get(id(finding)))
    calculated = calculated_cells(original) if form == EDITED else {}
    content = saved(book, calculated, datetime.fromisoformat(receipt["created"]))
    if form != LISTED and not _reads_alike(sheets, read_sheets(content)):
        raise ValueError("the workbook made reads otherwise than the original")
    return content


def _sheets(original: bytes) -> list[Sheet]:
    """What the reader sees, which checks the file's sizes first."""
    try:
        sheets = read_sheets(original)
    except UnreadableFile as error:
        raise UnfitForm from error
    if not sheets:
        raise UnfitForm
    return sheets


def _opened(original: bytes, sheets: list[Sheet]) -> Workbook:
    """The workbook as it was sent, without what is alive in it and without the marks of an earlier return."""
    if not original.startswith(ZIP_MAGIC) or _has_macro_sheets(original):
        raise UnfitForm
    if _merged_cell_count(original) > _MOST_MERGED_CELLS:
        raise UnfitForm
    book = load_workbook(io.BytesIO(original), keep_vba=False, keep_links=False)
    calm(book, calculated_cells(original))
    for sheet in list(book.worksheets):
        first, second = (str(sheet.cell(row, 1).value or "").strip() for row in (1, 2))
        if is_return_sheet(sheet.title, first, second):
            book.remove(sheet)
        else:
            _clear_marks(sheet)
    return book


def _has_macro_sheets(original: bytes) -> bool:
    """Sheets of old macros and dialogs would become tables full of commands."""
    names = zipfile.ZipFile(io.BytesIO(original)).namelist()
    return any(name.lower().startswith(("xl/macrosheets", "xl/dialogsheets")) for name in names)


def _merged_cell_count(original: bytes) -> int:
    """How many cells the merges of all sheets cover."""
    with zipfile.ZipFile(io.BytesIO(original)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if "worksheets/" in name.lower()]
    count = 0
    for match in (match for sheet in sheets for match in _MERGE.finditer(sheet)):
        left, top, right, bottom = (edge or 0 for edge in range_boundaries(match[1].decode()))
        count += (right - left + 1) * (bottom - top + 1)
    return count


def _rebuilt(original: bytes, sheets: list[Sheet]) -> Workbook:
    """The texts that the reader saw; a number of a workbook is a number again where that reads the same."""
    is_csv = len(sheets) == 1 and sheets[0].name == "CSV"
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9
        page.sheet_properties.pageSetUpPr.fitToPage = True
        page.page_setup.fitToHeight = 0
        page.print_options.gridLines = True
        widths: dict[int, int] = {}
        for row_number, row in enumerate(sheet.rows, start=1):
            for column, text in enumerate(row, start=1):
                if text:
                    _fill(page, row_number, column, text, is_csv)
                    widths[column] = max(widths.get(column, 8), sum(2 if ord(c) > 0x2E7F else 1 for c in text[:99]) + 2)
        for column, width in widths.items():
            page.column_dimensions[get_column_letter(column)].width = min(width, _WIDEST_COLUMN)
    return book


def _fill(page: Worksheet, row: int, column: int, text: str, is_csv: bool) -> None:
    cell = page.cell(row, column)
    if not is_csv and _PLAIN_NUMBER.fullmatch(text) and repr(float(text)).removesuffix(".0") == text:
        cell.value = float(text) if "." in text else int(text)
        return
    write_text(cell, text)
    if cell.value != text:
        raise ValueError(f"row {row}, column {column}: a workbook cannot hold this text")


def _empty(original: bytes, sheets: list[Sheet]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    return book


def _mark(book: Workbook, sheets: list[Sheet], findings: list[Row]) -> dict[int, tuple[str, str]]:
    """Colour each finding's cell and comment on it; the sheet and address that each finding (by id()) came to."""
    rows = {sheet.name: sheet.rows for sheet in sheets}
    by_cell: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for finding in findings:
        if finding["sheet"] in rows and finding["sheet"] in book.sheetnames:
            address = _top_left(book[finding["sheet"]], _address(rows[finding["sheet"]], finding))
            by_cell[finding["sheet"], address].append(finding)
    for (name, address), own in by_cell.items():
        cell = book[name][address]
        must = any(finding["severity"] == RETURNED for finding in own)
        cell.fill = PatternFill("solid", RED if must else YELLOW)
        earlier = cell.comment.text if cell.comment else ""
        cell.comment = _comment(own, earlier)
    return {id(finding): place for place, own in by_cell.items() for finding in own}


def _address(rows: list[list[str]], finding: Row) -> str:
    """The finding's cell; else its row's first filled cell; else its label, the table's header, or the first cell."""
    if finding["cell"]:
        return finding["cell"]
    number = finding["row_number"]
    if number and number <= len(rows):
        filled = [position for position, text in enumerate(rows[number - 1], start=1) if text]
        return f"{get_column_letter(filled[0] if filled else 1)}{number}"
    for label in (finding["column_label"], BY_NAME["indicator"].label):
        for row_number, row in enumerate(rows, start=1):
            for position, text in enumerate(row, start=1):
                if text and fold(text.rstrip("：: ")) in _LABELS.get(label, ()):
                    return f"{get_column_letter(position)}{row_number}"
    return "A1"


def _top_left(sheet: Worksheet, address: str) -> str:
    """The cell that shows what a merged cell holds."""
    if isinstance(sheet[address], MergedCell):
        for merged in sheet.merged_cells.ranges:
            if address in merged:
                return sheet.cell(merged.min_row, merged.min_col).coordinate
    return address


def _comment(findings: list[Row], earlier: str) -> Comment:
    parts = [
        f"{finding['severity']} {finding['rule_id']}\n填的是：{shortened(finding['found'] or '空白')}\n"
        f"应为：{shortened(finding['expected'] or '见改法')}\n改法：{finding['message']}"
        for finding in findings[:_MOST_IN_A_COMMENT]
    ]
    if len(findings) > _MOST_IN_A_COMMENT:
        parts.append(f"此处另有 {len(findings) - _MOST_IN_A_COMMENT} 条，见“退回说明”表。")
    text = printable(_OPENING + "\n" + "\n\n".join(parts))[:_LONGEST_COMMENT]
    if earlier:
        text += _ORIGINAL_COMMENT + earlier
    height = (line_count(text, _COMMENT_WIDTH / 7) + 1) * _COMMENT_LINE
    return Comment(text, _AUTHOR, height=min(height, 600), width=_COMMENT_WIDTH)


def _clear_marks(sheet: Worksheet) -> None:
    """Take off what an earlier return put on: the colours known by their shade, the comments by their first words."""
    for cell in own_cells(sheet):
        if cell.has_style and cell.fill.fill_type == "solid" and cell.fill.fgColor.rgb in (RED, YELLOW):
            cell.fill = PatternFill()
        if cell.comment and cell.comment.text.removeprefix(f"{_AUTHOR}:\n").startswith(_OPENING):
            _, _, earlier = cell.comment.text.partition(_ORIGINAL_COMMENT)
            cell.comment = Comment(earlier, cell.comment.author) if earlier else None


def _reads_alike(before: list[Sheet], after: list[Sheet]) -> bool:
    """Whether the reader sees the same texts in the same cells; a number may be written in another way."""
    if [sheet.name for sheet in before] != [sheet.name for sheet in after]:
        return False
    return all(_same_texts(_filled(old), _filled(new)) for old, new in zip(before, after, strict=True))


def _filled(sheet: Sheet) -> dict[tuple[int, int], str]:
    return {
        (number, position): text.replace("\r\n", "\n").replace("\r", "\n")
        for number, row in enumerate(sheet.rows)
        for position, text in enumerate(row)
        if text
    }


def _same_texts(before: dict[tuple[int, int], str], after: dict[tuple[int, int], str]) -> bool:
    if before.keys() != after.keys():
        return False
    changed = [(text, after[place]) for place, text in before.items() if text != after[place]]
    return all((number := parse_number(old)) is not None and number == parse_number(new) for old, new in changed)


if __name__ == "__main__":
    serve(_answer)
