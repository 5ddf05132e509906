"""The four files of a notice: the same figures in each, the same bytes every time, and no text that acts."""

import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path

import pypdfium2
import pytest
import xlsxwriter
from docx import Document
from python_calamine import CalamineWorkbook

from ingestion.settings import Settings
from reports.errors import PublicationError
from reports.notice import Edition, Notice, compose
from reports.publish import DOCUMENT, PAGE, PDF, WORKBOOK, forms_of, publish
from reports.read import ResultSet
from reports.read_back import as_stored, check_forms
from tests.reports.factories import MONTH, MONTHLY, create_warehouse, finding, result_of, rows_of

NAMES = (WORKBOOK, DOCUMENT, PDF, PAGE)
HOSTILE = {
    "file_name": "=cmd|' /C calc'!A0.xlsx",
    "found": '#panic("typst") *b* $x$ \\u{41} @label',
    "expected": "http://example.com/x",
    "explanation": "退格\x1b[31m与换行\r\n",
    "message": '<w:p/><script>alert(1)</script>"><img src=http://example.com/y onerror=alert(1)>𠮷',
}


def notice_of(warehouse: Path) -> tuple[Notice, ResultSet]:
    result = result_of(warehouse)
    return compose(result, Edition(1)), result


def text_of_pdf(content: bytes) -> str:
    with pypdfium2.PdfDocument(content) as document:
        return "".join(page.get_textpage().get_text_range() for page in document)


def test_a_notice_is_published_in_four_files(warehouse: Path, settings: Settings) -> None:
    (publication,) = publish(MONTHLY, MONTH)
    assert publication.folder is not None
    assert {path.name for path in publication.folder.glob("notice.*")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_with_another_figure_is_not_published(name: str, warehouse: Path, tmp_path: Path) -> None:
    first, *others = rows_of("indicator_progress")
    changed = [first | {"cumulative_value": "7777"}, *others]
    other, other_result = notice_of(create_warehouse(tmp_path / "other.duckdb", indicator_progress=changed))
    notice, _ = notice_of(warehouse)
    with pytest.raises(PublicationError, match=re.escape(name)):
        check_forms(notice, {name: forms_of(other, other_result)[name]})


@pytest.mark.parametrize("text", ["45427.454545454544", "45430.818181818184", "0.1", "-3", "500000"])
def test_a_number_is_known_again_as_a_workbook_keeps_it(text: str) -> None:
    """A float may need seventeen digits (half a million over eleven months); a workbook keeps sixteen."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet().write_number(0, 0, float(text))
    ((kept,),) = CalamineWorkbook.from_filelike(io.BytesIO(stream.getvalue())).get_sheet_by_index(0).to_python()
    assert kept == as_stored(Decimal(text))
    assert (kept == float(text)) == (len(text) < 17)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_result_gives_the_same_bytes(name: str, warehouse: Path) -> None:
    assert forms_of(*notice_of(warehouse))[name] == forms_of(*notice_of(warehouse))[name]


def test_texts_of_submissions_stay_texts_on_paper(settings: Settings, tmp_path: Path) -> None:
    warehouse = create_warehouse(tmp_path / "hostile.duckdb", findings=[finding(**HOSTILE)])
    forms = forms_of(*notice_of(warehouse))
    document = Document(io.BytesIO(forms[DOCUMENT]))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert {HOSTILE["found"], HOSTILE["expected"], HOSTILE["message"]} <= set(cells)
    with zipfile.ZipFile(io.BytesIO(forms[DOCUMENT])) as members:
        assert not any(b"example.com" in members.read(name) for name in members.namelist() if name.endswith(".rels"))
    text = re.sub(r"\s", "", text_of_pdf(forms[PDF]))
    assert all(re.sub(r"\s", "", HOSTILE[key]) in text for key in ("found", "expected", "message"))
    assert b"/URI" not in forms[PDF]
    assert b"/JavaScript" not in forms[PDF]


def test_the_document_opens_with_its_findings_in_sentences(warehouse: Path) -> None:
    forms = forms_of(*notice_of(warehouse))
    lines = [paragraph.text for paragraph in Document(io.BytesIO(forms[DOCUMENT])).paragraphs]
    opening = lines[lines.index("一、主要情况") + 1]
    assert opening.startswith("报送情况。本期应报 ")
    assert re.sub(r"\s", "", opening) in re.sub(r"\s", "", text_of_pdf(forms[PDF]))
