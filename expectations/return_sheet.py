"""The first sheet of a returned workbook: which file came back, what to do, and every finding with its place."""

from collections.abc import Callable
from copy import copy

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from expectations.catalogue import REMINDER, RETURNED
from expectations.submissions import Row
from ingestion.readers import RETURN_SHEET, RETURN_SHEET_OPENING

# Shades that nobody picks by hand: a mark of ours is known again by them when the workbook comes back.
RED, YELLOW = "FFFF9E94", "FFFFE97A"
_LONGEST_CELL = 2_000
_FONT, _A4 = "宋体", 9
# Head, name in raw.findings, width in characters. No text stands alone that could be a label of a table.
_COLUMNS = (
    ("序号", "number", 6),
    ("位置", "place", 24),
    ("填的是", "found", 16),
    ("应为", "expected", 30),
    ("问题与改法", "message", 58),
    ("处理", "severity", 6),
    ("规则", "rule_id", 9),
)
_CENTRED = ("number", "rule_id")
_LINE_POINTS, _TALLEST_POINTS = 15, 400
_WIDE_FROM = 0x2E7F

Target = Callable[[Row], tuple[str, str] | None]


def add_return_sheet(book: Workbook, receipt: Row, findings: list[Row], advice: str, target: Target) -> None:
    """Put the sheet in front; `target` says to which sheet and cell a finding's place leads."""
    sheet = book.create_sheet(RETURN_SHEET, 0)
    last = get_column_letter(len(_COLUMNS))
    lines = _lines(receipt, len(findings), advice)
    for number, line in enumerate((RETURN_SHEET, *lines), start=1):
        sheet.merge_cells(f"A{number}:{last}{number}")
        write_text(sheet.cell(number, 1), line)
        sheet.cell(number, 1).font = Font(_FONT, 16 if number == 1 else 11, bold=number in (1, len(lines)))
        sheet.cell(number, 1).alignment = Alignment(wrap_text=True, vertical="center")
        sheet.row_dimensions[number].height = _height(line, sum(width for *_, width in _COLUMNS)) + 4
    sheet.row_dimensions[1].height = 26
    top = len(lines) + 3
    _write_findings(sheet, top, findings, target)
    _set_page(sheet, top)
    book.active = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet


def write_text(cell: Cell, text: str) -> None:
    """A text that stays a text, whatever it begins with, also after somebody edits the cell."""
    cell.value = printable(text)
    if cell.value:
        cell.data_type = "s"
    if text.startswith(("=", "+", "-", "@")):
        cell.quotePrefix = True


def printable(text: str) -> str:
    """Without control characters, which no workbook can hold."""
    return ILLEGAL_CHARACTERS_RE.sub("�", text)


def line_count(text: str, width: float) -> int:
    """Lines that a text takes in a column; a Chinese character is as wide as two figures."""
    columns = [
        sum(2 if ord(character) > _WIDE_FROM or character in "“”…" else 1 for character in line)
        for line in text.split("\n")
    ]
    return sum(max(1, -(-count // int(width - 1))) for count in columns)


def _lines(receipt: Row, listed_count: int, advice: str) -> list[str]:
    count = receipt["finding_count"]
    listed = "" if count <= listed_count else f"，下表列出前 {listed_count} 条，其余改正后再报"
    sample = f"（{receipt['sample_label']}）" if receipt["sample_label"] else ""
    return [
        f"{RETURN_SHEET_OPENING}{receipt['file_name']}{sample}",
        f"收件编号：{receipt['receipt_id']}　收到时间：{receipt['received']}（北京时间）",
        f"文件校验码（SHA-256）：{receipt['sha256']}",
        f"共 {count} 条{listed}。{advice}",
        "改正前本文件不计入，此前已接受的版本仍然有效。",
    ]


def _write_findings(sheet: Worksheet, top: int, findings: list[Row], target: Target) -> None:
    styles = _styles(sheet, top)
    for column, (label, _, width) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.cell(top, column, label)._style = copy(styles["head"])
    sheet.row_dimensions[top].height = 20
    for number, finding in enumerate(findings, start=1):
        place = target(finding)
        texts = finding | {"place": _place(finding)}
        height = 0.0
        for column, (_, name, width) in enumerate(_COLUMNS, start=1):
            cell = sheet.cell(top + number, column)
            look = texts["severity"] if name == "severity" else "link" if name == "place" and place else name
            cell._style = copy(styles.get(look, styles["text"]))
            if name == "number":
                cell.value = number
                continue
            text = _shortened(str(texts[name] or ""))
            write_text(cell, text)
            height = max(height, _height(text, width))
            if look == "link":
                cell.hyperlink = Hyperlink(ref=cell.coordinate, location=_location(*place))
        sheet.row_dimensions[top + number].height = min(height + 4, _TALLEST_POINTS)


def _styles(sheet: Worksheet, row: int) -> dict[str, StyleArray]:
    """The looks of the list's cells, each made once: openpyxl is slow to make the same one again."""
    side = Side("thin", "FFBFBFBF")
    plain, centre = Font(_FONT, 10.5), Alignment("center", "center", wrap_text=True)
    left = Alignment("left", "center", wrap_text=True)
    looks = {
        "head": (Font(_FONT, 10.5, bold=True), centre, "FFE7E6E6"),
        "text": (plain, left, None),
        "link": (Font(_FONT, 10.5, color="FF0563C1", underline="single"), left, None),
        RETURNED: (plain, centre, RED),
        REMINDER: (plain, centre, YELLOW),
    } | dict.fromkeys(_CENTRED, (plain, centre, None))
    styles = {}
    cell = sheet.cell(row, 1)
    for name, (font, alignment, shade) in looks.items():
        cell.font, cell.alignment, cell.border = font, alignment, Border(side, side, side, side)
        cell.fill = PatternFill("solid", shade) if shade else PatternFill()
        styles[name] = copy(cell._style)
    return styles


def _location(sheet: str, address: str) -> str:
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{address}"


def _place(finding: Row) -> str:
    """Sheet, cell or row, and column in one text: “指标”表 D9“累计数”."""
    if not finding["sheet"]:
        return "整个文件"
    row = f"第 {finding['row_number']} 行" if finding["row_number"] else ""
    column = f"“{finding['column_label']}”" if finding["column_label"] else ""
    return f"“{finding['sheet']}”表 {finding['cell'] or row}{column}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_CELL else text[:_LONGEST_CELL] + "…"


def _height(text: str, width: float) -> float:
    """Not every program fits wrapped rows by itself."""
    return line_count(text, width) * _LINE_POINTS


def _set_page(sheet: Worksheet, top: int) -> None:
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    margins = sheet.page_margins
    margins.left, margins.right, margins.top, margins.bottom = 0.4, 0.4, 0.5, 0.7
    margins.footer = 0.3
    sheet.print_title_rows = f"{top}:{top}"
    sheet.freeze_panes = f"A{top + 1}"
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"
    sheet.sheet_view.showGridLines = False
