"""The sheet 封面: whose table this is, who filled it in, first report or correction, and how to fill it in."""

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from ingestion.contract import (
    CORRECTION_MODES,
    COVER_COLUMNS,
    COVER_SHEET,
    FIRST_MODE,
    HEAD_COLUMNS,
    PARTIAL_MODE,
    TABLE_SHEET,
    TASK_LEDGER,
    WHOLE_MODE,
)
from ingestion.form import Form
from ingestion.template_ledgers import task_counts
from ingestion.template_looks import (
    LINE_POINTS,
    MODE_NAME,
    STARTED,
    Looks,
    address,
    mark_wrong,
    offer,
    protect,
    set_page,
)
from ingestion.template_table import check_counts

_LABEL_WIDTH, _VALUE_WIDTH = 18, 110
_FIRST_ROW = 2
_CHECK_LABEL, _DUE_LABEL, _NOTES_LABEL = "自查结果", "报送截止", "填报须知"
_NOTES = (
    f"按“{COVER_SHEET}”“{TABLE_SHEET}”及其后各表的顺序填写；只填黄色的格，其余的格已锁定（没有密码，请勿改动）。",
    "填错的格立即变红：数字格里有文字、不应为负的填了负数、计数指标带小数、累计数不等于上月累计数加本月数、应填未填。",
    "上月累计数、去年同期累计由系统带出；系统里没有的留空，不影响报送；去年同期累计可以补填或更正。",
    f"报送方式：第一次报送本月的表选“{FIRST_MODE}”；更正时选“{WHOLE_MODE}”（所有行重新填齐）"
    f"或“{PARTIAL_MODE}”（只填要更正的行），并写明更正原因。",
    "填好后保存为 xlsx，放入收件箱中本单位的文件夹；被退回的，按退回说明改正后重新放入。",
)
_TASK_NOTES = (
    "本月没有应报的指标，只有任务；任务情况欢迎报送，不报不算缺报。",
    f"在“{TASK_LEDGER.sheet}”表里给有变化的任务选状态，写明进展、问题和下一步；只填黄色的格，其余的格已锁定。",
    "填好后保存为 xlsx，放入收件箱中本单位的文件夹；被退回的，按退回说明改正后重新放入。",
)


def add_cover_sheet(book: Workbook, looks: Looks, form: Form) -> None:
    """The cover: fixed head, five fields, the state of the form, and notes."""
    sheet = book.add_worksheet(COVER_SHEET)
    sheet.set_column(0, 0, _LABEL_WIDTH)
    sheet.set_column(1, 1, _VALUE_WIDTH)
    sheet.merge_range(0, 0, 0, 1, f"{form.programme['programme_name']}　月度报送表", looks["title"])
    sheet.set_row(0, 36)
    row = _add_head(sheet, looks, form)
    row = _add_fields(book, sheet, looks, form, row)
    _add_notes(sheet, looks, form, row + 1)
    set_page(sheet, form)
    sheet.set_column(2, 2, 2)
    protect(sheet)


def _add_head(sheet: Worksheet, looks: Looks, form: Form) -> int:
    values = (form.programme["programme_name"], form.reporter["reporter_name"], form.period.label)
    lines = [(column.label, value) for column, value in zip(HEAD_COLUMNS, values, strict=True)]
    lines += [(_DUE_LABEL, f"{form.due_on:%Y-%m-%d}"), (COVER_COLUMNS[0].label, form.version)]
    for row, (label, value) in enumerate(lines, start=_FIRST_ROW):
        sheet.set_row(row, 1.5 * LINE_POINTS)
        sheet.write_string(row, 0, label, looks["header"])
        sheet.write_string(row, 1, value, looks["fixed"])
    return _FIRST_ROW + len(lines)


def _add_fields(book: Workbook, sheet: Worksheet, looks: Looks, form: Form, row: int) -> int:
    """The fields to fill in; nothing may stand to their right, where a reader would take it for their value."""
    for column in COVER_COLUMNS[1:]:
        sheet.set_row(row, (2.5 if column.name == "correction_reason" else 1.5) * LINE_POINTS)
        sheet.write_string(row, 0, column.label, looks["input_header"])
        cell = address(row, 1)
        if column.name == "correction_mode":
            sheet.write_string(row, 1, FIRST_MODE, looks["text"])
            book.define_name(MODE_NAME, f"='{COVER_SHEET}'!{xl_rowcol_to_cell(row, 1, row_abs=True, col_abs=True)}")
            offer(sheet, row, 1, list(CORRECTION_MODES))
            mark_wrong(sheet, looks, row, 1, _is_none_of(cell, CORRECTION_MODES))
        elif column.name == "correction_reason":
            sheet.write_blank(row, 1, None, looks["text"])
            mark_wrong(sheet, looks, row, 1, f'AND({MODE_NAME}<>"{FIRST_MODE}",ISBLANK({cell}))')
        else:
            sheet.write_blank(row, 1, None, looks["text"])
            if form.lines:
                mark_wrong(sheet, looks, row, 1, f"AND(ISBLANK({cell}),{STARTED})")
        row += 1
    sheet.set_row(row, 1.5 * LINE_POINTS)
    sheet.write_string(row, 0, _CHECK_LABEL, looks["header"])
    sheet.write_formula(row, 1, check_counts(form) if form.lines else task_counts(form), looks["fixed"], "")
    return row + 1


def _add_notes(sheet: Worksheet, looks: Looks, form: Form, row: int) -> None:
    sheet.write_string(row, 0, _NOTES_LABEL, looks["header"])
    for number, note in enumerate(_NOTES if form.lines else _TASK_NOTES, start=1):
        sheet.set_row(row, 1.5 * LINE_POINTS)
        sheet.write_string(row, 1, f"{number}. {note}", looks["note"])
        row += 1


def _is_none_of(cell: str, words: tuple[str, ...]) -> str:
    return "AND({})".format(",".join(f'{cell}<>"{word}"' for word in words))
