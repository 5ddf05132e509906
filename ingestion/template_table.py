"""The sheet 指标: a line an indicator, with what is known, the cells to fill in, and checks that work while typing."""

from decimal import Decimal
from typing import NamedTuple

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_range_abs
from xlsxwriter.worksheet import Worksheet

from ingestion.contract import (
    BY_NAME,
    CHECK_LABEL,
    NUMBER_COLUMNS,
    PARTIAL_MODE,
    PREVIOUS_LABEL,
    TABLE_SHEET,
    TARGET_LABEL,
    UNIT,
)
from ingestion.form import Form, FormLine
from ingestion.template_looks import (
    FIGURES_NAME,
    FIRST_ROW,
    INDICATORS_NAME,
    LINE_POINTS,
    MODE_NAME,
    STARTED,
    Looks,
    address,
    height,
    mark_wrong,
    protect,
    start_sheet,
)

_NAME_WIDTH = 30
_COLUMNS = (
    (BY_NAME["indicator"].label, _NAME_WIDTH, "header"),
    (UNIT.label, 8, "header"),
    (TARGET_LABEL, 15, "header"),
    (PREVIOUS_LABEL, 12, "header"),
    *((column.label, 13 if column.name != "growth_pct" else 10, "input_header") for column in NUMBER_COLUMNS),
    (BY_NAME["note"].label, 24, "input_header"),
    (CHECK_LABEL, 23, "header"),
)
_TARGET, _PREVIOUS, _FIRST_NUMBER = 2, 3, 4
_NUMBER_AT = {column.name: _FIRST_NUMBER + offset for offset, column in enumerate(NUMBER_COLUMNS)}
_NOTE = _FIRST_NUMBER + len(NUMBER_COLUMNS)
_CHECK = _NOTE + 1
_GROWTH_DECIMALS = 1
_NOT_ASKED = "—"
_FINE = "√"
_LARGEST = 10**12
_HINT = (
    "只填黄色的格。本月数为当月发生数；累计数为1月至本月累计，总数、占比、增速类为期末数；没有发生的填 0，"
    f"没有数的留空。填错的格立即变红，“{CHECK_LABEL}”栏写明原因。单位、指标名称不改动。"
)


class _Check(NamedTuple):
    """What is wrong with a cell, as a formula, and what the clerk reads."""

    column: str
    formula: str
    message: str


def add_table_sheet(book: Workbook, looks: Looks, form: Form) -> None:
    """The sheet with all lines of a form."""
    sheet = start_sheet(book, looks, form, TABLE_SHEET, list(_COLUMNS), _HINT)
    _define_names(book, form)
    for offset, line in enumerate(form.lines):
        _add_line(sheet, looks, FIRST_ROW + offset, line)
    protect(sheet)


def check_counts(form: Form) -> str:
    """A formula that says how many lines are fine, for the cover."""
    first, last = (address(row, _CHECK) for row in _rows(form))
    place = f"'{TABLE_SHEET}'!{first}:{last}"
    return f'="{TABLE_SHEET}共 {len(form.lines)} 行，已填好 "&COUNTIF({place},"{_FINE}")&" 行"'


def _rows(form: Form) -> tuple[int, int]:
    return FIRST_ROW, FIRST_ROW + len(form.lines) - 1


def _define_names(book: Workbook, form: Form) -> None:
    """What other sheets look at: the names of the indicators, and the figures of month and year."""
    first, last = _rows(form)
    for name, columns in (
        (INDICATORS_NAME, (0, 0)),
        (FIGURES_NAME, (_NUMBER_AT["month_value"], _NUMBER_AT["cumulative_value"])),
    ):
        place = xl_range_abs(first, columns[0], last, columns[1])
        book.define_name(name, f"='{TABLE_SHEET}'!{place}")


def _add_line(sheet: Worksheet, looks: Looks, row: int, line: FormLine) -> None:
    indicator = line.indicator
    name = indicator["indicator_name"]
    sheet.set_row(row, max(2 * LINE_POINTS, height(name, _NAME_WIDTH), height(line.target, 15)))
    sheet.write_string(row, 0, name, looks["fixed"])
    sheet.write_string(row, 1, indicator["unit"], looks["fixed_centre"])
    sheet.write_string(row, _TARGET, line.target or _NOT_ASKED, looks["fixed_centre"])
    _write_number(sheet, looks, row, _PREVIOUS, line.previous, line.decimals, is_input=False)
    for column in NUMBER_COLUMNS:
        position = _NUMBER_AT[column.name]
        if column.name == "month_value" and not line.has_month:
            sheet.write_string(row, position, _NOT_ASKED, looks["fixed_centre"])
            continue
        decimals = _GROWTH_DECIMALS if column.name == "growth_pct" else line.decimals
        known = line.same_period if column.name == "same_period_value" else None
        _write_number(sheet, looks, row, position, known, decimals, is_input=True)
        _restrict(sheet, row, position, line, column.name)
    sheet.write_blank(row, _NOTE, None, looks["text"])
    checks = _checks(row, line)
    for check in checks:
        mark_wrong(sheet, looks, row, _NUMBER_AT[check.column], check.formula)
    sheet.write_formula(row, _CHECK, _verdict(checks), looks["check"], "")
    verdict = address(row, _CHECK)
    mark_wrong(sheet, looks, row, _CHECK, f'AND({verdict}<>"",{verdict}<>"{_FINE}")', look="wrong_words")


def _write_number(
    sheet: Worksheet, looks: Looks, row: int, column: int, value: Decimal | None, decimals: int, is_input: bool
) -> None:
    look = looks.number(decimals, is_input)
    if value is None:
        sheet.write_blank(row, column, None, look)
    else:
        sheet.write_number(row, column, float(value), look)


def _restrict(sheet: Worksheet, row: int, column: int, line: FormLine, name: str) -> None:
    """Typing anything but a number that makes sense here is refused; what is pasted turns red instead."""
    is_rate = name == "growth_pct"
    is_whole = not is_rate and line.decimals == 0
    floor = 0 if line.is_non_negative and not is_rate else -_LARGEST
    kind = "整数" if is_whole else "数字"
    sheet.data_validation(
        row,
        column,
        row,
        column,
        {
            "validate": "integer" if is_whole else "decimal",
            "criteria": "between",
            "minimum": floor,
            "maximum": _LARGEST,
            "error_title": f"请填{kind}",
            "error_message": f"此格只能填{'不小于 0 的' if floor == 0 else ''}{kind}，不带单位和文字。",
        },
    )


def _checks(row: int, line: FormLine) -> list[_Check]:
    """Everything that is looked at while a line is typed, in the order in which it is told."""
    cells = {name: address(row, column, is_column_fixed=True) for name, column in _NUMBER_AT.items()}
    asked = [column for column in NUMBER_COLUMNS if column.name != "month_value" or line.has_month]
    checks = [_Check(c.name, f"ISTEXT({cells[c.name]})", f"{c.label}应填数字") for c in asked]
    figures = [column for column in asked if column.name != "growth_pct"]
    if line.is_non_negative:
        checks += [_Check(c.name, f"N({cells[c.name]})<0", f"{c.label}不能为负") for c in figures]
    if line.decimals == 0:
        checks += [_Check(c.name, _is_broken(cells[c.name]), f"{c.label}应为整数") for c in figures]
    month, cumulative = cells["month_value"], cells["cumulative_value"]
    previous = address(row, _PREVIOUS, is_column_fixed=True)
    if line.has_month:
        # Half a unit of the last decimal, as the rules have it.
        tolerance = f"{Decimal(1).scaleb(-line.decimals) / 2:f}"
        wrong = (
            f"AND(ISNUMBER({previous}),ISNUMBER({month}),ISNUMBER({cumulative}),"
            f"ABS(N({cumulative})-N({previous})-N({month}))>{tolerance})"
        )
        checks.append(_Check("cumulative_value", wrong, f"累计数≠{PREVIOUS_LABEL}+本月数"))
    if line.is_required:
        needed = ["month_value", "cumulative_value"] if line.has_month else ["cumulative_value"]
        # A correction may hold the corrected lines alone.
        conditions = [*(f"ISBLANK({cells[name]})" for name in needed), STARTED, f'{MODE_NAME}<>"{PARTIAL_MODE}"']
        blank = f"AND({','.join(conditions)})"
        checks += [_Check(name, blank, "未填") for name in needed]
    return checks


def _is_broken(cell: str) -> str:
    return f"N({cell})<>INT(N({cell}))"


def _verdict(checks: list[_Check]) -> str:
    """The first thing that is wrong with a line, a tick where nothing is, nothing while the form is untouched."""
    formula = f'IF({STARTED},"{_FINE}","")'
    for check in reversed(checks):
        formula = f'IF({check.formula},"{check.message}",{formula})'
    return f"={formula}"
