"""The docx form: the notice as an official 通报 that staff can edit before it goes out."""

import io
import zipfile
from datetime import datetime

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import nsmap, qn
from docx.shared import Mm, Pt, RGBColor, Twips
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from lxml import etree
from lxml.builder import ElementMaker

from ingestion.contract import SAMPLE_LABEL
from reports.catalogue import DRAFT_MARK
from reports.figures import Cell
from reports.notice import Notice
from reports.paper import NUMBER, SALUTATION, Part, heading_of, parts_of
from reports.styles import colour_of
from reports.tables import Table, TableRow

# Faces that every Chinese office has; the text is the same in any other.
_BODY, _HEAD, _TABLE = "仿宋", "黑体", "宋体"
_RED, _SOFT, _SHADE = "A61B1B", "595959", "F3F3F1"
_E = ElementMaker(namespace=nsmap["w"], nsmap={"w": nsmap["w"]})
_MARGIN = Mm(22)
_WIDEST_UPRIGHT = 100  # half-width characters that a table on an upright page may have
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip knows


def render_document(notice: Notice, as_of: datetime) -> bytes:
    """The whole document; its dates are the as-of, so that the same notice gives the same bytes."""
    document = Document()
    _set_up(document, notice, as_of)
    _head(document, notice)
    for part in parts_of(notice):
        _turn(document, is_wide=any(_width(table) > _WIDEST_UPRIGHT for table in part.tables))
        _part(document, part)
    buffer = io.BytesIO()
    document.save(buffer)
    return _without_clock(buffer.getvalue())


def _set_up(document: Docx, notice: Notice, as_of: datetime) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = notice.title, "", ""
    properties.created = properties.modified = as_of
    properties.comments, properties.revision = "", 1
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    footer = section.footer.paragraphs[0]
    _say(footer, f"{notice.title}　{notice.edition.label}　第 ", _TABLE, 8, _SOFT)
    footer._p.append(_E.fldSimple(_w("instr", "PAGE"), _E.r(_E.t("1"))))
    _say(footer, " 页", _TABLE, 8, _SOFT)


def _turn(document: Docx, is_wide: bool) -> None:
    """Wide tables go on pages laid across, what is to be read on upright ones: a new section where that changes."""
    section = document.sections[-1]
    if (section.orientation == WD_ORIENT.LANDSCAPE) == is_wide:
        return
    section = document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE if is_wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (Mm(297), Mm(210)) if is_wide else (Mm(210), Mm(297))


def _width(table: Table) -> int:
    return sum(column.width for column in table.columns)


def _head(document: Docx, notice: Notice) -> None:
    centred = [
        (DRAFT_MARK if notice.edition.is_draft else "", _HEAD, 22, _RED),
        (notice.subject, _HEAD, 22, _RED),
        (notice.heading, _HEAD, 18, _RED),
        (SAMPLE_LABEL if notice.is_sample else "", _HEAD, 14, _RED),
        (NUMBER, _BODY, 12, ""),
    ]
    for words, face, size, colour in centred:
        if words:
            paragraph = _say(document.add_paragraph(), words, face, size, colour)
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _say(document.add_paragraph(), "　".join(f"{label}：{value}" for label, value in notice.facts), _BODY, 10.5)
    for statement in notice.statements:
        _say(document.add_paragraph(), statement, _BODY, 10.5, _RED)
    _say(document.add_paragraph(), SALUTATION, _BODY, 14)


def _part(document: Docx, part: Part) -> None:
    heading = document.add_heading(level=1)
    _say(heading, part.heading, _HEAD, 14, _RED)
    for label, words in part.paragraphs:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(28)
        if label:
            _say(paragraph, f"{label}。", _HEAD, 14)
        _say(paragraph, words, _BODY, 14)
    for table in part.tables:
        _table(document, table)
    for term, note in part.notes:
        paragraph = document.add_paragraph()
        _say(paragraph, f"{term}：", _HEAD, 10.5)
        _say(paragraph, note, _BODY, 10.5)


def _table(document: Docx, table: Table) -> None:
    """Written as XML: the library's own cells take a minute for what this takes a second for."""
    if table.title or table.remark:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        _say(paragraph, table.title, _HEAD, 10.5)
        _say(paragraph, f"　{table.remark}" if table.remark else "", _TABLE, 9, _SOFT)
    section = document.sections[-1]
    room = (section.page_width - section.left_margin - section.right_margin) // Twips(1)
    widths = [room * column.width // _width(table) for column in table.columns]
    laid_out = _E.tbl(
        _E.tblPr(
            _E.tblStyle(_val("TableGrid")),
            _E.tblW(_w("w", "5000"), _w("type", "pct")),
            _E.tblLayout(_w("type", "fixed")),
        ),
        _E.tblGrid(*(_E.gridCol(_w("w", str(width))) for width in widths)),
        *_header(table),
        *(_row(table, line) for line in table.rows),
    )
    document.element.body.insert_element_before(laid_out, "w:sectPr")
    document.add_paragraph().paragraph_format.space_after = Pt(0)


def _header(table: Table) -> list[etree._Element]:
    """The rows that are printed again on every page that the table goes on to."""
    labels = [Cell(heading_of(column)) for column in table.columns]
    if not table.bands:
        return [_E.tr(_repeat(), *(_cell(label, "center", _SHADE) for label in labels))]
    bands = [_cell(labels[0], "center", _SHADE, merge="restart")]
    bands += [_cell(Cell(label), "center", _SHADE, span) for label, span in table.bands[1:]]
    below = [_cell(Cell(""), "center", _SHADE, merge="continue")]
    below += [_cell(label, "center", _SHADE) for label in labels[1:]]
    return [_E.tr(_repeat(), *bands), _E.tr(_repeat(), *below)]


def _row(table: Table, line: TableRow) -> etree._Element:
    if line.kind == "group":
        return _E.tr(_cell(line.cell(table.columns[0].key), "left", _SHADE, len(table.columns)))
    shade = _SHADE if line.kind == "city" else ""
    return _E.tr(*(_cell(line.cell(column.key), column.align, shade) for column in table.columns))


def _cell(cell: Cell, align: str, shade: str = "", span: int = 1, merge: str = "") -> etree._Element:
    properties = _E.tcPr()
    if span > 1:
        properties.append(_E.gridSpan(_val(str(span))))
    if merge:
        properties.append(_E.vMerge(_val(merge)))
    if shade:
        properties.append(_E.shd(_val("clear"), _w("fill", shade)))
    properties.append(_E.vAlign(_val("center")))
    runs = [_run("●", colour_of(cell.colour).lstrip("#"))] if cell.tone == "light" and cell.text else []
    runs.append(_run(cell.text, _SOFT if cell.tone == "absent" else ""))
    if cell.mark:
        runs.append(_run(cell.mark, "", is_raised=True))
    return _E.tc(properties, _E.p(_E.pPr(_E.spacing(_w("after", "0")), _E.jc(_val(align))), *runs))


def _run(words: str, colour: str, is_raised: bool = False) -> etree._Element:
    faces = {qn(f"w:{name}"): _TABLE for name in ("ascii", "hAnsi", "eastAsia")}
    properties = _E.rPr(_E.rFonts(faces))
    if colour:
        properties.append(_E.color(_val(colour)))
    properties.append(_E.sz(_val("18")))
    if is_raised:
        properties.append(_E.vertAlign(_val("superscript")))
    text = _E.t(_printable(words))
    text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return _E.r(properties, text)


def _repeat() -> etree._Element:
    return _E.trPr(_E.cantSplit(), _E.tblHeader())


def _w(name: str, value: str) -> dict[str, str]:
    return {qn(f"w:{name}"): value}


def _val(value: str) -> dict[str, str]:
    return _w("val", value)


def _printable(words: str) -> str:
    """Without the characters that XML can't hold."""
    return "".join(
        c
        for c in words
        if c in "\t\n" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) not in (0xFFFE, 0xFFFF))
    )


def _say(paragraph: Paragraph, words: str, face: str, size: float, colour: str = "") -> Paragraph:
    """Add a run of plain text."""
    run: Run = paragraph.add_run(_printable(words))
    run.font.name, run.font.size = face, Pt(size)
    run._element.rPr.rFonts.set(qn("w:eastAsia"), face)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    return paragraph


def _without_clock(content: bytes) -> bytes:
    """The same document with one fixed time on all members, in the same order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _TIME), source.read(name), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
