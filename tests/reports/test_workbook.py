"""The workbook read back: figures as frozen, texts as texts."""

import io
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ingestion.settings import Settings
from reports.chapters import MOST_CHAPTERS
from reports.errors import PublicationError
from reports.publish import publish
from reports.read_back import check_forms
from reports.vintage import latest_vintage
from reports.workbook import render_workbook
from tests.reports.factories import MONTH, MONTHLY, PROGRAMME, correct_one_reporter, create_warehouse, finding, rows_of
from tests.reports.test_forms import notice_of
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
    general = ["目录", "总表", "文件目标", "排名", "分类排名", "单一来源", "报送情况"]
    assert [name for name in book.sheetnames if name in general] == general
    for sheet in book:
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.page_setup.fitToHeight in (0, "0")
        assert sheet.freeze_panes or sheet.title in ("目录", "说明")


def test_every_indicator_and_every_reporter_but_the_city_has_a_sheet_that_the_contents_link_to(warehouse: Path) -> None:
    book = published_book()
    named = ["新增企业", "合同成交额", "企业总数", "研发投入强度", "甲区", "乙区", "丙区", "丁开发区", "戊开发区"]
    assert [name for name in book.sheetnames if name in named] == named
    assert "全市" not in book.sheetnames
    links = [cell for row in book["目录"].iter_rows() for cell in row if cell.hyperlink]
    assert [cell.value for cell in links] == book.sheetnames[1:]
    assert all(cell.hyperlink.location == f"'{cell.value}'!A1" for cell in links)


def test_each_group_is_a_ranking_of_its_own(warehouse: Path) -> None:
    rows = list(published_book("分类排名").iter_rows(values_only=True))
    start = next(i for i, row in enumerate(rows) if row[0] == "合同成交额（按完成率）")
    assert [row[:2] for row in rows[start + 2 : start + 9]] == [
        ("中心城区", None),
        ("丙区", 1),
        ("甲区", 2),
        ("乙区", "不排名"),
        ("开发区", None),
        ("丁开发区", 1),
        ("戊开发区", "不排名"),
    ]


def test_sheet_of_an_indicator_has_needs_footnotes_and_a_live_chart_of_its_months(settings: Settings) -> None:
    progress = rows_of("indicator_progress")
    february = [row | {"period": "2021-02", "cumulative_value": "7"} for row in progress if row["reporter_id"] == "jia"]
    progress[0] |= {"needed_per_month": "7.777778", "is_reachable": "false"}
    create_warehouse(
        settings.pipeline_file,
        indicator_progress=february + progress,
        findings=[finding(indicator_id="enterprises", waived_by="王某", waiver_reason="系统迁移")],
    )
    sheet = published_book("新增企业")
    rows = list(sheet.iter_rows(values_only=True))
    header = next(row for row in rows if row[0] == "填报单位")
    (jia,) = [dict(zip(header, row, strict=True)) for row in rows if row[0] == "甲区" and row[1] == "中心城区"]
    assert (jia["总位次"], jia["分类位次"], jia["累计(期末)数\n（家）"], jia["目标\n（家）"]) == (2, 1, 30, 100)
    assert (jia["剩余每月需完成"], jia["能否完成"], jia["附注"]) == (7.777778, "超过最好月份", "注1")
    assert [row[1:3] for row in rows if row[0] == "甲区" and row[1] == 7] == [(7, 30)]
    words = [cell for row in rows for cell in row if isinstance(cell, str)]
    assert any("王某批准照常计入，理由：系统迁移" in cell for cell in words)
    (chart,) = sheet._charts
    assert {series.val.numRef.f.split("!")[0] for series in chart.series} == {"新增企业"}
    assert "全市" not in {sheet.cell(*_first(series.tx.strRef.f)).value for series in chart.series}


def _first(reference: str) -> tuple[int, int]:
    row, column = re.fullmatch(r".*!\$([A-Z])\$(\d+)", reference).groups()[::-1]  # type: ignore[union-attr]
    return int(row), ord(column) - ord("A") + 1


def test_sheet_of_a_reporter_has_marks_tasks_items_lateness_and_its_own_warnings(settings: Settings) -> None:
    key = {"programme_id": PROGRAMME, "period": MONTH, "cadence": MONTHLY, "reporter_id": "bing"}
    part = {"scheme_id": "s", "source_period": MONTH, "part_state": "scored", "bonus": "0", "penalty": "0"}
    create_warehouse(
        settings.pipeline_file,
        score_parts=[
            key | part | {"part_id": "contracts", "part_kind": "indicator", "indicator_id": "contracts",
                          "basis": "completion", "measured_value": "0.4", "source_value": "10", "target_value": "25",
                          "comparator": ">=", "is_held_or_not": "false", "mark_share": "0.4", "full_weight": "60",
                          "weight": "60", "mark": "24", "points": "24"},
        ],
        composite_rankings=[
            key | {"scope": "overall", "scheme_id": "s", "score": "24.5", "rank": "3", "ranked_count": "4",
                   "reporter_count": "5", "rank_change": "-2"},
        ],
        task_progress=[key | {"task_id": "t1", "task": "建设科创平台", "task_state": "lagging", "status": "滞后"}],
        ledger_items=[key | {"item_kind": "platform", "item_key": "p", "item_name": "丙平台", "status": "在建"}],
        return_quality=[key | {"owed_count": "1", "late_count": "1", "days_late": "2", "rank": "4",
                               "ranked_count": "4", "error_ratio": "0.25"}],
        findings=[finding(reporter_id="bing", message="请核对丙区")],
    )  # fmt: skip
    book = published_book()
    words = [cell.value for row in book["丙区"].iter_rows() for cell in row if cell.value is not None]
    for expected in ("综合得分与位次", 24.5, "目标与进度", "得分明细", 24, "任务进展", "建设科创平台", "滞后",
                     "丙平台", "报送情况", "迟报", "报送质量", 0.25, "请核对丙区"):  # fmt: skip
        assert expected in words, expected
    assert "请核对丙区" not in [cell.value for row in book["甲区"].iter_rows() for cell in row]


def test_a_figure_changed_on_one_reporters_sheet_alone_is_not_published(warehouse: Path) -> None:
    notice, result = notice_of(warehouse)
    book = load_workbook(io.BytesIO(render_workbook(notice, result)))
    (cell,) = [cell for row in book["丙区"].iter_rows() for cell in row if cell.value == 0.4]
    cell.value = 0.41
    changed = io.BytesIO()
    book.save(changed)
    with pytest.raises(PublicationError, match=r"notice.xlsx.*0\.4"):
        check_forms(notice, {"notice.xlsx": changed.getvalue()})


def test_neighbours_closer_than_the_printed_precision_are_told_so(settings: Settings) -> None:
    rankings = rows_of("indicator_rankings")
    rankings[1] |= {"margin_above": "0.0004"}
    create_warehouse(settings.pipeline_file, indicator_rankings=rankings)
    (jia,) = [row for row in blocks(published_book("排名"))["新增企业（按完成率）"] if row["填报单位"] == "甲区"]
    assert jia["距上一位"] == "差距小于精度"


def test_names_of_sheets_are_safe_and_unique(settings: Settings) -> None:
    reporters = rows_of("reporters")
    names = {"jia": "说明", "yi": "a/b[c]:*?\\'", "bing": "长" * 40, "ding": "长" * 35, "wu": "HISTORY"}
    for row in reporters:
        row["reporter_name"] = names.get(row["reporter_id"], row["reporter_name"])
    create_warehouse(settings.pipeline_file, reporters=reporters)
    assert published_book().sheetnames[-6:-1] == ["说明(2)", "a_b_c_____", "长" * 31, "长" * 28 + "(2)", "HISTORY(2)"]


def test_a_notice_of_very_many_reporters_has_no_sheet_for_each_and_says_where_their_rows_are(
    settings: Settings,
) -> None:
    many = MOST_CHAPTERS + 1
    city = rows_of("reporters")[-1]
    first = rows_of("indicator_progress")[0]
    reporters = [
        {"programme_id": PROGRAMME, "reporter_id": f"r{n}", "reporter_name": f"第{n}区", "reporter_kind": "district",
         "group_id": f"g{n % 2}", "group_name": "类", "group_display_order": "1", "display_order": str(n)}
        for n in range(many)
    ]  # fmt: skip
    ranking = rows_of("indicator_rankings")[0]
    create_warehouse(
        settings.pipeline_file,
        reporters=[*reporters, city],
        indicators=rows_of("indicators")[:1],
        indicator_progress=[first | {"reporter_id": f"r{n}"} for n in range(many)],
        indicator_rankings=[ranking | {"reporter_id": f"r{n}", "rank": str(n + 1)} for n in range(many)],
        city_progress=rows_of("city_progress")[:1],
        submission_status=[],
        findings=[],
    )
    book = load_workbook(io.BytesIO(render_workbook(*notice_of(settings.pipeline_file))))
    assert "第7区" not in book.sheetnames and "分类排名" not in book.sheetnames
    contents = "".join(str(cell) for row in book["目录"].iter_rows(values_only=True) for cell in row)
    assert f"填报单位 {many} 家，超过 {MOST_CHAPTERS} 家" in contents
    on_own_sheet = {row[0] for row in book["新增企业"].iter_rows(values_only=True)}
    assert {row["reporter_name"] for row in reporters} <= on_own_sheet
    assert any("另有 1 家，见本指标的工作表" in str(row[0]) for row in book["排名"].iter_rows(values_only=True))


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
    assert not [cell for cell in cells if cell.data_type == "f"]
    links = [cell.hyperlink for cell in cells if cell.hyperlink]
    assert len(links) > 20
    assert {link.target for link in links} == {None}
    assert {link.location for link in links} == {f"'{name}'!A1" for name in book.sheetnames}


def test_revision_sheet_comes_with_the_second_vintage(warehouse: Path) -> None:
    publish(MONTHLY, MONTH)
    correct_one_reporter(warehouse)
    rows = [row[:5] for row in published_book("修订").iter_rows(values_only=True)]
    assert ("甲区", "新增企业", "累计(期末)数", 30, 60) in rows
    assert ("丁开发区", "新增企业", "总位次（按完成率）", "第1名", "第2名") in rows
