"""The xlsx form: the same tables as the page, and a sheet for each indicator and each reporter, on A4."""

from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from reports.notice import Notice
from reports.read import ResultSet
from reports.scoring_process import scoring_process
from reports.scoring_sheet import write_process
from reports.sheet_plan import BY_INDICATOR, BY_REPORTER, CONTENTS, GENERAL, NOTES, OTHER, SCORING, Sheet, plan_of
from reports.sheets import Binder, draw_head, draw_sheet, finish
from reports.styles import LINE, Styles, lines_of

# Texts of submissions stay texts: no formula, no link, no number, whatever they begin with.
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_TERM_WIDTH, _NOTE_WIDTH = 20, 110
_ENTRIES = 4  # entries of the contents side by side
_ENTRY_WIDTH = 32


def render_workbook(notice: Notice, result: ResultSet) -> bytes:
    """The whole workbook; its creation date is the as-of, so that the same result gives the same bytes."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        book.set_properties({"title": notice.title, "author": "", "created": result.as_of})
        binder = Binder(book, Styles(book), notice)
        contents = book.add_worksheet(CONTENTS)
        plan = plan_of(notice)
        for sheet in plan:
            draw_sheet(binder, sheet)
        _scoring(binder, result)
        _notes(binder)
        _contents(binder, contents, plan)
    return buffer.getvalue()


def _contents(binder: Binder, page: Worksheet, plan: list[Sheet]) -> None:
    """A link to every sheet there is, under its part of the notice."""
    for index in range(_ENTRIES):
        page.set_column(index, index, _ENTRY_WIDTH)
    row = draw_head(binder, page, CONTENTS, [_ENTRY_WIDTH] * _ENTRIES, [])
    for look, sentences in (("statement", binder.notice.statements), ("fact", binder.notice.left_out)):
        for sentence in sentences:
            page.merge_range(row, 0, row, _ENTRIES - 1, "", binder.styles.look(look))
            page.write_string(row, 0, sentence, binder.styles.look(look))
            page.set_row(row, LINE * lines_of(sentence, _ENTRIES * _ENTRY_WIDTH))
            row += 1
    parts: dict[str, list[str]] = {GENERAL: [], BY_INDICATOR: [], BY_REPORTER: [], OTHER: []}
    known = {sheet.name: sheet.part for sheet in plan}
    for sheet in binder.book.worksheets():
        if sheet is not page:
            parts[known.get(sheet.name, OTHER)].append(sheet.name)
    for part, names in parts.items():
        if names:
            row = _entries(binder, page, row + 1, part, names)
    finish(binder, page, row, _ENTRIES - 1)


def _entries(binder: Binder, page: Worksheet, row: int, part: str, names: list[str]) -> int:
    """Names of our own sheets only: a link is never made from a text that somebody sent."""
    page.write_string(row, 0, part, binder.styles.look("section"))
    for position, name in enumerate(names):
        line, index = divmod(position, _ENTRIES)
        target = "internal:'{}'!A1".format(name.replace("'", "''"))
        page.write_url(row + 1 + line, index, target, binder.styles.look("entry"), string=name)
    return row + 1 + -(-len(names) // _ENTRIES)


def _scoring(binder: Binder, result: ResultSet) -> None:
    """How the scores come about, where there are any."""
    process = scoring_process(result, binder.notice.form.flow_label)
    if process is None:
        return
    page = binder.book.add_worksheet(SCORING)
    widths = [column.width for column in process.columns]
    row = draw_head(binder, page, SCORING, widths, process.readings)
    end = write_process(page, binder.styles, process, row)
    finish(binder, page, end, len(widths) - 1)


def _notes(binder: Binder) -> None:
    page, styles, notice = binder.book.add_worksheet(NOTES), binder.styles, binder.notice
    row = draw_head(binder, page, NOTES, [_TERM_WIDTH, _NOTE_WIDTH], [])
    page.set_column(0, 0, _TERM_WIDTH)
    page.set_column(1, 1, _NOTE_WIDTH)
    page.write_string(row, 0, "亮灯标准", styles.look("section"))
    row += 1
    for light in notice.lights:
        page.write_string(row, 0, light.word, styles.light(light.colour))
        page.write_string(row, 1, f"{light.label}　依据：{light.source}", styles.look("note"))
        row += 1
    statements = [("本通报", statement) for statement in [*notice.statements, *notice.left_out]]
    for title, pairs in (
        ("使用须知", statements),
        ("空缺与零的区别", notice.nothings),
        ("计算与排名规则", notice.notes),
    ):
        if pairs:
            page.write_string(row + 1, 0, title, styles.look("section"))
            row = _pairs(binder, page, row + 2, pairs)
    finish(binder, page, row, 1)


def _pairs(binder: Binder, page: Worksheet, row: int, pairs: Any) -> int:
    for term, note in pairs:
        page.write_string(row, 0, term, binder.styles.look("term"))
        page.write_string(row, 1, note, binder.styles.look("note"))
        page.set_row(row, LINE * lines_of(note, _NOTE_WIDTH))
        row += 1
    return row
