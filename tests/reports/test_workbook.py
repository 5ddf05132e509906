"""The workbook read back: figures as frozen, texts as texts."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.settings import Settings
from reports.publish import publish
from reports.vintage import latest_vintage
from tests.reports.factories import MONTH, MONTHLY, PROGRAMME, correct_one_reporter, create_warehouse, finding
from tests.reports.test_page import HOSTILE

LABELS = {
    "累计(期末)数": "cumulative_value",
    "目标": "target_value",
    "完成率": "completion_ratio",
    "序时进度": "time_progress_ratio",
    "较序时进度": "progress_gap",
    "同比": "yoy_ratio",
    "本月数": "month_value",
}


def published_book(name: str | None = None) -> Any:
    (publication,) = publish(MONTHLY, MONTH)
    assert publication.folder is not None
    book = load_workbook(publication.folder / "notice.xlsx")
    return book[name] if name else book


def blocks(sheet: Worksheet) -> dict[str, list[dict[str, Any]]]:
    """Rows of each ranking by its title; a row is keyed by the header's first line."""
    found: dict[str, list[dict[str, Any]]] = {}
    title, header = "", []
    for row in sheet.iter_rows(values_only=True):
        if row[0] == "填报单位":
            header = [str(cell).split("\n")[0] if cell else "" for cell in row]
            found[title] = []
        elif header and row[0] and any(cell is not None for cell in row[1:]):
            found[title].append(dict(zip(header, row, strict=True)))
        else:
            title, header = str(row[0]).split("　")[0], []
    return found


def test_figures_in_the_workbook_are_those_of_the_frozen_result(warehouse: Path) -> None:
    rankings = blocks(published_book("排名"))
    vintage = latest_vintage(PROGRAMME, MONTH, MONTHLY)
    assert vintage is not None
    result = vintage.result()
    compared = 0
    for indicator in result.indicators.values():
        for title in (title for title in rankings if title.startswith(indicator["indicator_name"] + "（")):
            for row in rankings[title]:
                (frozen,) = [
                    p
                    for p in result.rows("progress")
                    if p["indicator_id"] == indicator["indicator_id"]
                    and result.reporters[p["reporter_id"]]["reporter_name"] == row["填报单位"]
                ]
                for label, column in LABELS.items():
                    if label in row and frozen[column] is not None:
                        shown = Decimal(repr(row[label])).scaleb(-2 if label == "较序时进度" else 0)
                        assert shown == frozen[column], (title, row["填报单位"], label)
                        compared += 1
    assert compared > 60


def test_places_are_numbers_that_read_as_n_of_m(warehouse: Path) -> None:
    sheet = published_book("排名")
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.number_format == '"第"0"名/共4家"']
    assert [cell.value for cell in cells if cell.column_letter == "C"][:4] == [1, 2, 2, 4]


def test_sheets_are_set_up_for_a4_landscape_with_frozen_panes(warehouse: Path) -> None:
    book = published_book()
    assert book.sheetnames == ["总表", "排名", "单一来源", "文件目标", "报送情况", "说明"]
    for sheet in book:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.page_setup.fitToHeight in (0, "0")
        assert sheet.freeze_panes or sheet.title == "说明"


def test_workbook_is_dated_by_the_as_of_and_not_by_the_clock(warehouse: Path) -> None:
    properties = published_book().properties
    assert (properties.created, properties.modified) == (datetime(2021, 4, 20, 4), datetime(2021, 4, 20, 4))


def test_notes_explain_lights_ties_rounding_and_the_kinds_of_nothing(warehouse: Path) -> None:
    words = "\n".join(str(cell) for row in published_book("说明").iter_rows(values_only=True) for cell in row if cell)
    for expected in (
        "1、2、2、4",
        "四舍五入",
        "未设置目标",
        "未到期",
        "未报送",
        "设计选择",
        "示例数据",
        "2021-04-20 12:00",
        "第1版",
    ):
        assert expected in words


def test_hostile_text_is_neither_formula_nor_link(settings: Settings) -> None:
    create_warehouse(settings.pipeline_file, findings=[finding(**HOSTILE)])
    book = published_book()
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert set(HOSTILE.values()) <= {cell.value for cell in cells}
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]


def test_revision_sheet_comes_with_the_second_vintage(warehouse: Path) -> None:
    publish(MONTHLY, MONTH)
    correct_one_reporter(warehouse)
    rows = list(published_book("修订").iter_rows(values_only=True))
    assert ("甲区", "新增企业", "累计(期末)数", 30, 60) in rows
    assert ("丁开发区", "新增企业", "总位次（按完成率）", "第1名", "第2名") in rows
