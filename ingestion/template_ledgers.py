"""The sheets 任务, 项目, 企业 and 平台: listed things with their status and dates."""

from datetime import date, datetime, time

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from ingestion.contract import CLAUSE_LABEL, DUE_LABEL, ITEM_LEDGERS, TASK_COLUMNS, TASK_LEDGER, Column, Ledger
from ingestion.form import Form
from ingestion.registry import Row
from ingestion.template_looks import (
    FIRST_ROW,
    INDICATORS_NAME,
    LINE_POINTS,
    Looks,
    address,
    height,
    mark_wrong,
    offer,
    protect,
    start_sheet,
)

_TASK_WIDTHS = {"task": 36, "status": 10, "progress": 34, "problem": 26, "next_step": 26, "task_number": 13}
_ITEM_WIDTHS = {"item": 30, "item_code": 26, "indicator": 26, "status": 10, "note": 22}
_DATE_WIDTH = 13
_CLAUSE_WIDTH, _DUE_WIDTH = 10, 11
# The task comes first and its number last, where it disturbs nobody.
_TASK_ORDER = ("task", "status", "progress", "problem", "next_step", "task_number")
_STATUS = 3
_PRINTED_ITEMS, _CHECKED_ITEMS = 18, 500
_FIRST_DAY, _LAST_DAY = date(1990, 1, 1), date(2099, 12, 31)
_TASK_HINT = "每项任务从下拉列表中选状态，写明到本月底的进展、存在的问题和下一步打算；落后的写明卡在哪里、需要谁协调。"
_ITEM_HINT = (
    "一行一{kind}，名称写全称，状态和对应指标从下拉列表中选，日期按 2021-03-05 的样式填；上月未办结的已列出，"
    "请更新状态；行数不够时可接着往下填。"
)


def add_task_sheet(book: Workbook, looks: Looks, form: Form) -> None:
    """All tasks of the form; none, no sheet."""
    if not form.tasks:
        return
    by_name = {column.name: column for column in TASK_COLUMNS}
    fixed = [(CLAUSE_LABEL, _CLAUSE_WIDTH, "header"), (DUE_LABEL, _DUE_WIDTH, "header")]
    labels = [
        (by_name[name].label, _TASK_WIDTHS[name], "header" if by_name[name].type == "identity" else "input_header")
        for name in _TASK_ORDER
    ]
    columns = [labels[0], *fixed, *labels[1:]]
    sheet = start_sheet(book, looks, form, TASK_LEDGER.sheet, columns, _TASK_HINT)
    for row, task in enumerate(form.tasks, start=FIRST_ROW):
        _add_task(sheet, looks, row, task)
    last = FIRST_ROW + len(form.tasks) - 1
    words = _words(form, TASK_LEDGER)
    status, progress, next_step = (
        address(FIRST_ROW, column, is_column_fixed=True) for column in (_STATUS, _STATUS + 1, _STATUS + 3)
    )
    untouched = f"AND(ISBLANK({status}),COUNTA({progress}:{next_step})>0)"
    _add_statuses(sheet, looks, words, _STATUS, last, untouched)
    protect(sheet)


def task_counts(form: Form) -> str:
    """A formula that says how many tasks have a status, for the cover of a form without indicators."""
    first, last = (address(row, _STATUS) for row in (FIRST_ROW, FIRST_ROW + len(form.tasks) - 1))
    place = f"'{TASK_LEDGER.sheet}'!{first}:{last}"
    return f'="{TASK_LEDGER.sheet}共 {len(form.tasks)} 项，已填状态 "&COUNTA({place})&" 项"'


def _add_task(sheet: Worksheet, looks: Looks, row: int, task: Row) -> None:
    sheet.set_row(row, max(3 * LINE_POINTS, height(task["task"], _TASK_WIDTHS["task"])))
    sheet.write_string(row, 0, task["task"], looks["fixed"])
    sheet.write_string(row, 1, task["clause"], looks["fixed_centre"])
    sheet.write_string(row, 2, task["due"], looks["fixed_centre"])
    sheet.write_blank(row, _STATUS, None, looks["choice"])
    for column in (4, 5, 6):
        sheet.write_blank(row, column, None, looks["text"])
    sheet.write_string(row, 7, task["task_id"], looks["fixed_small"])


def add_item_sheets(book: Workbook, looks: Looks, form: Form) -> None:
    """One sheet for each kind of item that the registry has statuses for."""
    for ledger in ITEM_LEDGERS:
        if form.statuses.get(ledger.kind):
            _add_item_sheet(book, looks, form, ledger)


def _add_item_sheet(book: Workbook, looks: Looks, form: Form, ledger: Ledger) -> None:
    widths = [_ITEM_WIDTHS.get(column.name, _DATE_WIDTH) for column in ledger.columns]
    labels = [(column.label, width, "input_header") for column, width in zip(ledger.columns, widths, strict=True)]
    sheet = start_sheet(book, looks, form, ledger.sheet, labels, _ITEM_HINT.format(kind=ledger.sheet))
    for position, (column, width) in enumerate(zip(ledger.columns, widths, strict=True)):
        sheet.set_column(position, position, width, looks[f"loose_{_look(column)}"])
    items = [item for item in form.items if item["item_kind"] == ledger.kind]
    count = max(_PRINTED_ITEMS, len(items) + _PRINTED_ITEMS // 2)
    for offset in range(count):
        sheet.set_row(FIRST_ROW + offset, int(1.5 * LINE_POINTS))
        item = items[offset] if offset < len(items) else {}
        for position, column in enumerate(ledger.columns):
            _write_item_cell(sheet, looks, FIRST_ROW + offset, position, column, item)
    _check_items(sheet, looks, form, ledger)
    protect(sheet, insert_rows=True, delete_rows=True, sort=True)


def _write_item_cell(
    sheet: Worksheet, looks: Looks, row: int, position: int, column: Column, item: dict[str, object]
) -> None:
    text, look = item.get(f"{column.name}_text"), looks[_look(column)]
    day = item.get(column.name)
    if isinstance(day, date):
        sheet.write_datetime(row, position, datetime.combine(day, time()), look)
    elif text:
        sheet.write_string(row, position, str(text), look)
    else:
        sheet.write_blank(row, position, None, look)


def _check_items(sheet: Worksheet, looks: Looks, form: Form, ledger: Ledger) -> None:
    """Lists, dates, and red for what is wrong, on more lines than are printed."""
    at = {column.name: position for position, column in enumerate(ledger.columns)}
    cells = {name: address(FIRST_ROW, position, is_column_fixed=True) for name, position in at.items()}
    last = FIRST_ROW + _CHECKED_ITEMS - 1
    missing_name = f"AND(ISBLANK({cells['item']}),COUNTA({cells['item_code']}:{cells['note']})>0)"
    mark_wrong(sheet, looks, FIRST_ROW, at["item"], missing_name, last)
    missing_status = f"AND(ISBLANK({cells['status']}),NOT(ISBLANK({cells['item']})))"
    _add_statuses(sheet, looks, _words(form, ledger), at["status"], last, missing_status)
    offer(sheet, FIRST_ROW, at["indicator"], f"={INDICATORS_NAME}", last)
    for column in (column for column in ledger.columns if column.type == "date"):
        wrong = f"ISTEXT({cells[column.name]})"
        if column.name == "finished_on":
            wrong = f"OR({wrong},AND(ISNUMBER({cells[column.name]}),N({cells[column.name]})<N({cells['started_on']})))"
        mark_wrong(sheet, looks, FIRST_ROW, at[column.name], wrong, last)
        _restrict_date(sheet, at[column.name], last)


def _restrict_date(sheet: Worksheet, column: int, last: int) -> None:
    sheet.data_validation(
        FIRST_ROW,
        column,
        last,
        column,
        {
            "validate": "date",
            "criteria": "between",
            "minimum": _FIRST_DAY,
            "maximum": _LAST_DAY,
            "error_title": "请填日期",
            "error_message": "请按 2021-03-05 的样式填日期。",
        },
    )


def _add_statuses(sheet: Worksheet, looks: Looks, words: list[str], column: int, last: int, missing: str) -> None:
    """The list of statuses; red where a word is none of them, or where one is missing."""
    cell = address(FIRST_ROW, column, is_column_fixed=True)
    wrong = missing
    if words:
        offer(sheet, FIRST_ROW, column, words, last)
        differs = ",".join(f'{cell}<>"{word}"' for word in (word.replace('"', '""') for word in words))
        wrong = f"OR({missing},AND(NOT(ISBLANK({cell})),{differs}))"
    mark_wrong(sheet, looks, FIRST_ROW, column, wrong, last)


def _words(form: Form, ledger: Ledger) -> list[str]:
    return [row["status"] for row in form.statuses.get(ledger.kind, [])]


def _look(column: Column) -> str:
    if column.type == "date":
        return "date"
    return "choice" if column.name in ("status", "indicator") else "text"
