"""How every sheet of a template looks: fonts and fills, page, protection, title and labels."""

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from ingestion.form import Form

TITLE_ROW, HINT_ROW, HEADER_ROW = 0, 1, 2
FIRST_ROW = HEADER_ROW + 1
LINE_POINTS = 16
_A4 = 9
_FONT = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_BORDER = {"border": 1, "border_color": "#8C8C8C"}
_LABEL = {"bold": True, "bg_color": "#D9E2F3", "align": "center", "text_wrap": True, **_BORDER}
_FIXED = {"bg_color": "#F2F2F2", "text_wrap": True, **_BORDER}
_INPUT = {"locked": False, "bg_color": "#FFFBE6", **_BORDER}
LOOKS: dict[str, dict[str, object]] = {
    "title": {"bold": True, "font_size": 16, "align": "center"},
    "hint": {"font_size": 10, "font_color": "#595959", "text_wrap": True, "valign": "vcenter"},
    "note": {"font_size": 10, "font_color": "#595959", "text_wrap": True, "indent": 1},
    "header": _LABEL,
    "input_header": _LABEL | {"bg_color": "#FFE699"},
    "fixed": _FIXED | {"indent": 1},
    "fixed_centre": _FIXED | {"align": "center"},
    "fixed_small": _FIXED | {"font_size": 9, "font_color": "#7F7F7F"},
    "check": {"font_color": "#2E7D32", "font_size": 10, "text_wrap": True, "indent": 1, **_BORDER},
    "text": _INPUT | {"text_wrap": True, "num_format": "@", "indent": 1},
    "choice": _INPUT | {"align": "center", "text_wrap": True},
    "date": _INPUT | {"align": "center", "num_format": "yyyy-mm-dd"},
    # Pre-set for whole columns, so that the list may grow below the printed lines.
    "loose_text": {"locked": False, "text_wrap": True, "num_format": "@"},
    "loose_choice": {"locked": False, "align": "center"},
    "loose_date": {"locked": False, "align": "center", "num_format": "yyyy-mm-dd"},
    "wrong": {"bg_color": "#FF5050", "font_color": "#FFFFFF"},
    "wrong_words": {"font_color": "#C00000"},
}
# What a condition lays over a cell keeps the cell's own font.
_NO_FONT = frozenset(("wrong", "wrong_words"))
# Names for cells that other sheets look at: conditions and lists may not name another sheet's cells in every program.
MODE_NAME, FIGURES_NAME, INDICATORS_NAME = "correction_mode", "figures", "indicator_names"
# An empty form is not wrong yet: what is missing counts once a month's or a cumulative figure stands anywhere.
STARTED = f"COUNT({FIGURES_NAME})>0"


class Looks:
    """The formats of one workbook, each made when first used."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._formats: dict[str, Format] = {}

    def __getitem__(self, name: str) -> Format:
        if name not in self._formats:
            font = {} if name in _NO_FONT else _FONT
            self._formats[name] = self._book.add_format(font | LOOKS[name])
        return self._formats[name]

    def number(self, decimals: int, is_input: bool) -> Format:
        """A figure with so many decimals, in a cell to fill in or a fixed one."""
        name = f"number {decimals} {is_input}"
        if name not in self._formats:
            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
            base = _INPUT if is_input else _FIXED
            self._formats[name] = self._book.add_format(_FONT | base | {"num_format": pattern, "align": "right"})
        return self._formats[name]


def start_sheet(
    book: Workbook, looks: Looks, form: Form, name: str, columns: list[tuple[str, int, str]], hint: str
) -> Worksheet:
    """A sheet with title, hint and labels (label, width, look), frozen and repeated in print; protected, no password.

    The title repeats programme, reporter and month, so that a printed page speaks for itself.
    """
    sheet = book.add_worksheet(name)
    for position, (_, width, _) in enumerate(columns):
        sheet.set_column(position, position, width)
    last = len(columns) - 1
    title = f"{form.programme['programme_name']}　{form.reporter['reporter_name']}　{form.period.label}　{name}"
    sheet.merge_range(TITLE_ROW, 0, TITLE_ROW, last, title, looks["title"])
    sheet.set_row(TITLE_ROW, 30)
    sheet.merge_range(HINT_ROW, 0, HINT_ROW, last, hint, looks["hint"])
    sheet.set_row(HINT_ROW, 2 * LINE_POINTS)
    for position, (label, _, look) in enumerate(columns):
        sheet.write_string(HEADER_ROW, position, label, looks[look])
    sheet.set_row(HEADER_ROW, 2 * LINE_POINTS)
    sheet.freeze_panes(FIRST_ROW, 1)
    sheet.repeat_rows(HEADER_ROW)
    set_page(sheet, form)
    return sheet


def set_page(sheet: Worksheet, form: Form) -> None:
    """A4 landscape, one page wide, the version and page numbers at the foot."""
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.center_horizontally()
    sheet.set_footer(f"&L&9模板版本 {form.version}&C&9&A　第 &P 页，共 &N 页")
    sheet.hide_gridlines(2)


def protect(sheet: Worksheet, **allowed: bool) -> None:
    """Labels stay as they are, input cells are open; whoever must may lift it, for there is no password."""
    sheet.protect("", {"format_columns": True, "format_rows": True, **allowed})


def mark_wrong(
    sheet: Worksheet,
    looks: Looks,
    row: int,
    column: int,
    formula: str,
    last_row: int | None = None,
    look: str = "wrong",
) -> None:
    """Turns the cell red while the formula, written for the first row, holds."""
    options = {"type": "formula", "criteria": f"={formula}", "format": looks[look]}
    sheet.conditional_format(row, column, last_row if last_row is not None else row, column, options)


def offer(sheet: Worksheet, row: int, column: int, words: list[str] | str, last_row: int | None = None) -> None:
    """A drop-down list: words, or a formula that names where they stand."""
    sheet.data_validation(
        row,
        column,
        last_row if last_row is not None else row,
        column,
        {
            "validate": "list",
            "source": words,
            "error_title": "请从列表中选择",
            "error_message": "此格只能从下拉列表中选择。",
        },
    )


def address(row: int, column: int, is_column_fixed: bool = False) -> str:
    """A cell as formulas name it."""
    return str(xl_rowcol_to_cell(row, column, col_abs=is_column_fixed))


def height(text: str, width: int) -> int:
    """Points that a text takes in a column of so many characters; a Chinese character is two wide."""
    columns = sum(2 if ord(character) > 0x2E7F or character in "“”—" else 1 for character in text)
    return LINE_POINTS * max(1, -(-columns // (width - 2)))
