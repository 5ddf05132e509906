"""Templates in a real office: the in-sheet checks work while typing, and every sheet prints on A4 landscape."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from ingestion.contract import COVER_SHEET, TABLE_SHEET
from ingestion.settings import Settings
from ingestion.templates import write_templates

pytestmark = pytest.mark.looks
FIRST_ROW, CHECK = 4, 9


def through_office(path: Path, form: str) -> Path:
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    folder = path.parent / form
    command = ["soffice", profile, "--headless", "--convert-to", form, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return folder / f"{path.stem}.{form}"


@pytest.fixture
def template(home: Settings, tmp_path: Path) -> Path:
    (path,) = write_templates("innovation_2021", "2021-04", "jiangan").paths
    return Path(shutil.copy(path, tmp_path / "form.xlsx"))


def fill_rightly(sheet: Worksheet) -> dict[str, int]:
    rows = {sheet.cell(row, 1).value: row for row in range(FIRST_ROW, sheet.max_row + 1)}
    for row in rows.values():
        sheet.cell(row, 4).value = 10
        is_asked = sheet.cell(row, 5).value is None
        sheet.cell(row, 5).value = 5 if is_asked else sheet.cell(row, 5).value
        sheet.cell(row, 6).value = 15
    return rows


def test_each_check_tells_the_clerk_what_is_wrong(template: Path) -> None:
    wrong: dict[str, tuple[Callable[[Worksheet, int], None], str]] = {
        "新增高新技术企业": (lambda sheet, row: _set(sheet, row, 5, "三家"), "本月数应填数字"),
        "高新技术企业总数": (lambda sheet, row: _set(sheet, row, 6, 15.5), "累计数应为整数"),
        "技术合同成交额": (lambda sheet, row: _set(sheet, row, 6, 15.01), "累计数≠上月累计数+本月数"),
        "科技成果转化对接活动": (lambda sheet, row: _set(sheet, row, 6, -15), "累计数不能为负"),
        "建成科技创新园区和街区": (lambda sheet, row: _set(sheet, row, 8, "约5%"), "增速(%)应填数字"),
        "孵化培育科技企业": (lambda sheet, row: [_set(sheet, row, 5, None), _set(sheet, row, 6, None)], "未填"),
        "科技成果转化意向": (lambda sheet, row: _set(sheet, row, 7, None), "√"),
    }
    book = load_workbook(template)
    rows = fill_rightly(book[TABLE_SHEET])
    for name, (spoil, _) in wrong.items():
        spoil(book[TABLE_SHEET], rows[name])
    book.save(template)
    calculated = CalamineWorkbook.from_path(through_office(template, "xlsx"))
    lines = {line[0]: line[CHECK] for line in calculated.get_sheet_by_name(TABLE_SHEET).to_python()}
    assert {name: lines[name] for name in wrong} == {name: words for name, (_, words) in wrong.items()}
    cover = {line[0]: line[1] for line in calculated.get_sheet_by_name(COVER_SHEET).to_python()}
    assert cover["自查结果"] == "指标共 12 行，已填好 6 行"


def test_a_partial_correction_misses_nothing(template: Path) -> None:
    book = load_workbook(template)
    book[COVER_SHEET]["B10"] = "仅报更正"
    book[TABLE_SHEET].cell(FIRST_ROW, 6).value = 9
    book.save(template)
    calculated = CalamineWorkbook.from_path(through_office(template, "xlsx"))
    lines = calculated.get_sheet_by_name(TABLE_SHEET).to_python()[FIRST_ROW - 1 :]
    assert {line[CHECK] for line in lines} == {"√"}


def test_every_sheet_prints_on_a_landscape_page(template: Path) -> None:
    printed = through_office(template, "pdf")
    information = subprocess.run(["pdfinfo", printed], check=True, capture_output=True, text=True).stdout
    assert re.search(r"^Pages:\s+6$", information, re.MULTILINE), information
    assert re.search(r"Page size:\s+84[12].* x 59[45]", information), information


def _set(sheet: Worksheet, row: int, column: int, value: object) -> None:
    sheet.cell(row, column).value = value
