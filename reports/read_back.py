"""Reads the finished files of a notice again and compares their figures with those that were to be printed."""

import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from html.parser import HTMLParser

import pypdfium2
from docx import Document
from docx.oxml.ns import qn
from python_calamine import CalamineWorkbook

from reports.errors import PublicationError
from reports.figures import Cell
from reports.notice import Notice
from reports.page import tables_on_page
from reports.paper import parts_of
from reports.sheet_plan import plan_of
from reports.tables import Table
from reports.typeset import printed_texts

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


def check_forms(notice: Notice, forms: Mapping[str, bytes]) -> None:
    """PublicationError names the file and some of the figures that it lacks, or has otherwise than they were given.

    `forms` are the files by name; a name's ending says what reads it. Of the page each table is compared by itself, so
    that a figure which a picture's table repeats can't stand in for one that is missing elsewhere.
    """
    for name, content in forms.items():
        missing = _READERS[name.rpartition(".")[2]](notice, content)
        if missing:
            listed = "、".join(list(missing)[:5])
            raise PublicationError(
                f"{notice.title}：{name} 读回核对不符，缺少或不同的数字 {sum(missing.values())} 处（如 {listed}）；"
                "未发布，上一版保持不变"
            )


def _missing_from_page(notice: Notice, content: bytes) -> Counter[str]:
    page = _Page()
    page.feed(content.decode())
    missing: Counter[str] = Counter()
    for table in tables_on_page(notice):
        missing += Counter(_shown(_figures([table]))) - Counter(page.cells.get(table.table_id, []))
    return missing


def _missing_from_document(notice: Notice, content: bytes) -> Counter[str]:
    body = Document(io.BytesIO(content)).element.body
    cells = ("".join(text.text or "" for text in cell.iter(qn("w:t"))) for cell in body.iter(qn("w:tc")))
    wanted = Counter(_shown(_figures(_on_paper(notice))))
    return wanted - Counter(cells)


def _missing_from_pdf(notice: Notice, content: bytes) -> Counter[str]:
    """Of a pdf the text is known, not the cells: each number must stand there as often as it was given."""
    with pypdfium2.PdfDocument(content) as document:
        text = "\n".join(page.get_textpage().get_text_range() for page in document)
    wanted = Counter(number for given in printed_texts(notice) for number in _NUMBER.findall(given))
    return wanted - Counter(_NUMBER.findall(text))


def _missing_from_workbook(notice: Notice, content: bytes) -> Counter[str]:
    """Each sheet of the plan must have its own figures; a sheet that is not there lacks all of them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    there = set(book.sheet_names)
    missing: Counter[str] = Counter()
    for sheet in plan_of(notice):
        rows = book.get_sheet_by_name(sheet.name).iter_rows() if sheet.name in there else ()
        found = Counter(value for row in rows for value in row if isinstance(value, int | float))
        wanted = Counter(as_stored(cell.number) for cell in _figures(sheet.tables) if cell.number is not None)
        missing += Counter({str(number): count for number, count in (wanted - found).items()})
    return missing


def as_stored(number: Decimal | int) -> float:
    """The number as a workbook keeps it: xlsxwriter writes sixteen digits, of the seventeen that some floats need."""
    return float(f"{float(number):.16G}")


_READERS: dict[str, Callable[[Notice, bytes], Counter[str]]] = {
    "html": _missing_from_page,
    "docx": _missing_from_document,
    "pdf": _missing_from_pdf,
    "xlsx": _missing_from_workbook,
}


def _on_paper(notice: Notice) -> list[Table]:
    return [table for part in parts_of(notice) for table in part.tables]


def _figures(tables: Iterable[Table]) -> list[Cell]:
    """The cells of the printed columns that hold a figure."""
    cells = (row.cell(column.key) for table in tables for row in table.rows for column in table.columns)
    return [cell for cell in cells if cell.number is not None]


def _shown(cells: list[Cell]) -> list[str]:
    return [cell.text + cell.mark for cell in cells]


class _Page(HTMLParser):
    """The texts of all cells by the id of their table."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: dict[str, list[str]] = {}
        self._table: list[str] = []
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._table = self.cells.setdefault(dict(attrs).get("id") or "", [])
        elif tag in ("td", "th"):
            self._table.append("")
            self._is_inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self._table[-1] += data
