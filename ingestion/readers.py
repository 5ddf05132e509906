"""From bytes to sheets of text: the content decides what a file is, never its extension.

Runs in a child process with limits (see reading.py), because a crafted workbook can abort the reader.
"""

import csv
import io
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree

from ingestion.cells import column_letters
from ingestion.contract import COLUMNS
from ingestion.errors import UnreadableFile
from ingestion.seed_files import fold
from ingestion.workbook_cells import far_cells, noted_cells

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# What people send in place of a table, by how it begins, with what it is.
_OTHER_FILES = {
    b"%PDF": "PDF 文件",
    b"\x89PNG": "图片",
    b"\xff\xd8\xff": "图片",
    b"Rar!": "压缩包",
    b"7z\xbc\xaf": "压缩包",
    b"{\\rtf": "RTF 文档",
}
_WEB_PAGES = (b"<!doctype html", b"<html", b"<table", b"<meta")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
MAX_FILE_BYTES = 20 * 2**20
MAX_UNPACKED_BYTES = 200 * 2**20
MAX_MEMBERS = 2_000
# A table is far smaller. What one far cell spans is refused before it is walked: the grid has every cell in between.
MAX_SPANNED_CELLS = 5_000_000
MAX_ROWS, MAX_COLUMNS, MAX_CELLS = 50_000, 500, 2_000_000
# What separates the cells of a CSV; of two that serve alike, the first.
_DELIMITERS = (",", "\t", ";", "，", "；")
_OPENING_LINES, _OPENING_CHARACTERS = 20, 20_000
_LABELS = frozenset(fold(spelling) for column in COLUMNS for spelling in column.spellings)
# The sheet that a returned workbook begins with; it comes back with the mended workbook and is none of its tables.
RETURN_SHEET = "退回说明"
RETURN_SHEET_OPENING = "文件："


@dataclass(frozen=True)
class Sheet:
    """One sheet; `rows[r][c]` is the text of the cell in row r+1 and column c+1, '' where blank."""

    name: str
    rows: list[list[str]]


def read_sheets(content: bytes) -> list[Sheet]:
    """All sheets of a workbook, or the one table of a CSV. UnreadableFile says in Chinese why there is none."""
    if not content.strip():
        raise UnreadableFile("empty", "文件是空的；请填好表格后重新报送。")
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableFile("too_large", f"文件超过 {MAX_FILE_BYTES // 2**20} MB；请只保留“指标”表后重新报送。")
    if content.startswith(ZIP_MAGIC):
        _check_members(content)
        return _read_workbook(content)
    if content.startswith(OLE_MAGIC):
        # The reader also opens a zip that begins further on; an old workbook may end in what only resembles one.
        with suppress(zipfile.BadZipFile):
            _check_sizes(content)
        return _read_workbook(content)
    _refuse_other_files(content)
    return [_read_csv(content)]


def _refuse_other_files(content: bytes) -> None:
    kinds = [kind for magic, kind in _OTHER_FILES.items() if content.startswith(magic)]
    if content[:1000].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_WEB_PAGES):
        kinds = ["网页，只是文件名像表格"]
    if kinds:
        raise UnreadableFile("not_a_table", f"文件是{kinds[0]}，不是表格；请用模板填报，或另存为 xlsx 后重新报送。")


def _check_members(content: bytes) -> None:
    try:
        _check_sizes(content)
    except zipfile.BadZipFile:
        raise UnreadableFile("damaged", "文件已损坏，打不开；请在 Excel 或 WPS 中另存为 xlsx 后重新报送。") from None


def _check_sizes(content: bytes) -> None:
    members = zipfile.ZipFile(io.BytesIO(content)).infolist()
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise UnreadableFile("unsafe", "文件解压后过大，不予打开；请复制到空白模板后重新报送。")


def _read_workbook(content: bytes) -> list[Sheet]:
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        is_zip = content.startswith(ZIP_MAGIC)
        for name, (height, width) in (far_cells(content) if is_zip else {}).items():
            _check_span(name, height, width)
        noted = noted_cells(content) if is_zip else {}
        sheets = [
            _trimmed(Sheet(name, _with_notes(_cells(workbook, name), noted.get(name, {}))))
            for name in workbook.sheet_names
        ]
        return [sheet for sheet in sheets if not _is_own(sheet)]
    except (python_calamine.CalamineError, ElementTree.ParseError):
        raise _no_workbook(content) from None


def _no_workbook(content: bytes) -> UnreadableFile:
    """What to tell of a file that begins like a workbook and is none."""
    if content.startswith(OLE_MAGIC) and _ENCRYPTED in content:
        return UnreadableFile("encrypted", "文件设有打开密码；请在 Excel 或 WPS 中取消密码，另存后重新报送。")
    members = zipfile.ZipFile(io.BytesIO(content)).namelist() if content.startswith(ZIP_MAGIC) else []
    if any(name.startswith(("word/", "ppt/")) for name in members):
        return UnreadableFile("not_a_table", "文件是文档或演示稿，不是工作簿；请用模板填报，存为 xlsx 后重新报送。")
    if members and not any(name.lower().startswith("xl/") for name in members):
        return UnreadableFile("not_a_table", "文件是压缩包，不是工作簿；请解压后把里面的表逐个重新报送。")
    return UnreadableFile(
        "damaged",
        "文件不是能打开的工作簿（可能加密、损坏或不是 Excel 文件）；请另存为不加密的 xlsx 后重新报送。",
    )


def is_return_sheet(name: str, first: str, second: str) -> bool:
    """Whether a sheet is one that a return began with, by its name and the first two cells of column A."""
    return name.startswith(RETURN_SHEET) and first == RETURN_SHEET and second.startswith(RETURN_SHEET_OPENING)


def _is_own(sheet: Sheet) -> bool:
    first, second, *_ = [*(row[0] for row in sheet.rows[:2] if row), "", ""]
    return is_return_sheet(sheet.name, first, second)


def _with_notes(rows: list[list[str]], noted: dict[tuple[int, int], str]) -> list[list[str]]:
    """Puts in what the reader leaves out: errors such as #DIV/0!, and the percent sign of a format."""
    for (row, column), text in noted.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = text
    return rows


def _cells(workbook: object, name: str) -> list[list[str]]:
    """The texts of a sheet from A1 on; UnreadableFile where a far cell makes the grid too large to walk."""
    sheet = workbook.get_sheet_by_name(name)  # type: ignore[attr-defined]
    last_row, last_column = sheet.end or (0, 0)
    _check_span(name, last_row + 1, last_column + 1)
    return [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]


def _check_span(name: str, height: int, width: int) -> None:
    if height * width > MAX_SPANNED_CELLS:
        raise _too_far(name, height, width)


def _trimmed(sheet: Sheet) -> Sheet:
    """The sheet without the blank rows below and the blank columns beside it; UnreadableFile where it is too large."""
    height = max((number for number, row in enumerate(sheet.rows, start=1) if any(row)), default=0)
    width = max(map(_filled_width, sheet.rows), default=0)
    if height > MAX_ROWS or width > MAX_COLUMNS or height * width > MAX_CELLS:
        raise _too_far(sheet.name, height, width)
    return Sheet(sheet.name, [row[:width] for row in sheet.rows[:height]])


def _filled_width(row: list[str]) -> int:
    """How many cells a row has up to its last filled one."""
    return next((position for position in range(len(row), 0, -1) if row[position - 1]), 0)


def _too_far(name: str, height: int, width: int) -> UnreadableFile:
    return UnreadableFile(
        "too_large",
        f"“{name}”表一直排到第 {height} 行、{column_letters(width - 1)} 列，远大于填报表；"
        "请删去填报表以外的行和列，或把数据复制到空白模板后重新报送。",
    )


def _read_csv(content: bytes) -> Sheet:
    text = _decode(content)
    if "\x00" in text:
        raise UnreadableFile("not_a_table", "文件既不是 Excel 工作簿，也不是 CSV 表格；请用模板填报。")
    try:
        # Strict: an unclosed quote would swallow all rows that follow.
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        rows = [[cell.strip() for cell in row] for row in lines]
    except csv.Error:
        raise UnreadableFile("quotes", "CSV 里有不成对的英文引号；请删去多余的引号，或改用 xlsx 后重新报送。") from None
    return _trimmed(Sheet("CSV", rows))


def _delimiter(text: str) -> str:
    """What separates the cells: under it one of the first lines, the header, names the most columns."""
    lines = text[:_OPENING_CHARACTERS].splitlines()[:_OPENING_LINES]
    return max(_DELIMITERS, key=lambda mark: max((_label_count(line.split(mark)) for line in lines), default=0))


def _label_count(texts: Iterable[str]) -> int:
    return sum(fold(text.strip().strip('"')) in _LABELS for text in texts)


def _decode(content: bytes) -> str:
    """UTF-8 (with or without mark), UTF-16 with mark, else GB18030; strictly, so that no wrong text is guessed."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableFile(
        "encoding", "文字编码无法识别；CSV 请存为 UTF-8 或 GB18030（“CSV UTF-8”），或改用 xlsx 后重新报送。"
    )


def _text(cell: object) -> str:
    """The text of a cell: whole floats without a point, dates as ISO, everything else as it stands."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    return str(cell).strip()
