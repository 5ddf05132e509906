"""Makes a foreign workbook fit to be handed back: nothing alive in it, its results kept, always the same bytes."""

import io
import re
import zipfile
from datetime import datetime
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

# By sheet name and address: the type, as the file has it, and the text of what a formula came to.
Calculated = dict[str, dict[str, tuple[str, str]]]

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
# Another workbook, another program (DDE), or a function that reaches out of the workbook.
_REACHES_OUT = re.compile(
    r"\||\[[0-9]+\][^\[\],]*!|\[[^\]]*\.(xl|csv|et)"
    r"|\b(WEBSERVICE|FILTERXML|RTD|CALL|REGISTER|EXEC|HYPERLINK|IMAGE|DDE)[.A-Z]*\s*\(",
    re.IGNORECASE,
)
_FORMULA_CELL = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f[^>]*>[^<]*</f>|<f[^>]*/>)<v ?/>')


def calm(book: Workbook, calculated: Calculated) -> None:
    """Take out what reaches beyond the workbook; a formula that does gives way to the value it last came to."""
    book.template = False
    book.calculation.fullCalcOnLoad = True
    for names in (book.defined_names, *(sheet.defined_names for sheet in book.worksheets)):
        for name in [name for name, defined in names.items() if reaches_out(defined.value or "")]:
            del names[name]
    for sheet in book.worksheets:
        sheet._pivots = []
        validations = sheet.data_validations
        validations.dataValidation = [
            rule
            for rule in validations.dataValidation
            if not reaches_out(f"{rule.formula1 or ''} {rule.formula2 or ''}")
        ]
        _calm_cells(sheet, calculated.get(sheet.title, {}))


def _calm_cells(sheet: Worksheet, calculated: dict[str, tuple[str, str]]) -> None:
    for cell in own_cells(sheet):
        if cell.hyperlink and cell.hyperlink.target:
            cell.hyperlink = None
        if cell.data_type == "f" and reaches_out(_formula(cell.value)):
            kind, text = calculated.get(cell.coordinate, ("n", ""))
            cell.value = _value(kind, text)
            if kind in ("str", "e") and text:
                cell.data_type = "s" if kind == "str" else "e"


def own_cells(sheet: Worksheet) -> list[Cell]:
    """The cells that the file has. Walking its rows would make every cell up to the farthest that is only coloured."""
    return [cell for cell in sheet._cells.values() if not isinstance(cell, MergedCell)]


def reaches_out(formula: str) -> bool:
    """Whether a formula asks another workbook, another program or the network."""
    return bool(_REACHES_OUT.search(re.sub(r'"[^"]*"', '""', formula)))


def saved(book: Workbook, calculated: Calculated, moment: datetime) -> bytes:
    """The workbook's bytes: the same for the same workbook, with `moment` (naive UTC) as its time."""
    book.properties.created = book.properties.modified = moment
    plain = io.BytesIO()
    ExcelWriter(book, zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED)).save()
    sheets = {sheet.path.lstrip("/"): calculated.get(sheet.title, {}) for sheet in book.worksheets}
    result = io.BytesIO()
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if values := sheets.get(name):
                content = _with_values(content, values)
            target.writestr(zipfile.ZipInfo(name, _ZIP_EPOCH), content, zipfile.ZIP_DEFLATED)
    return result.getvalue()


def _with_values(sheet: bytes, values: dict[str, tuple[str, str]]) -> bytes:
    """Each formula with the value it last came to, which openpyxl leaves out: not every reader calculates."""

    def filled(match: re.Match[bytes]) -> bytes:
        kind, text = values.get(match[1].decode(), ("n", ""))
        if not text:
            return match[0]
        attributes = match[2] if kind == "n" else match[2] + f' t="{kind}"'.encode()
        return b'<c r="%s"%s>%s<v>%s</v>' % (match[1], attributes, match[3], escape(text).encode())

    return _FORMULA_CELL.sub(filled, sheet)


def _formula(value: object) -> str:
    if isinstance(value, ArrayFormula):
        return value.text or ""
    return "" if isinstance(value, DataTableFormula) else str(value)


def _value(kind: str, text: str) -> object:
    if kind == "n":
        return float(text) if text else None
    return text == "1" if kind == "b" else text
