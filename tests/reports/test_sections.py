"""What the sections of a notice say: scores, movers, problems, ledgers, quality, footnotes, and each cadence's own."""

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT

from reports import figures
from reports.catalogue import FORMS, TOO_CLOSE, Section
from reports.notice import Edition, Notice, compose
from reports.paper import parts_of
from reports.publish import DOCUMENT, forms_of
from reports.read import ResultSet
from reports.read_back import check_forms
from reports.tables import Column, Table, TableRow
from tests.reports.factories import MONTH, Row, create_warehouse, execute, finding, ledger_rows, result_of

LEDGERS = (
    "composite_rankings", "score_parts", "movers", "target_ledger", "clause_ledger",
    "unit_progress", "task_progress", "ledger_items", "return_quality", "restatements",
)  # fmt: skip
HOSTILE = '=1+1 #panic("typst") <script>alert(1)</script> http://example.com/x'
Composed = Callable[..., tuple[Notice, ResultSet]]


@pytest.fixture
def composed(tmp_path: Path) -> Composed:
    """Composes the small case with its ledgers; a keyword replaces the rows of a mart, `cadence` the notice's form."""

    def compose_case(cadence: str = "monthly_dispatch", **replaced: list[Row]) -> tuple[Notice, ResultSet]:
        warehouse = create_warehouse(
            tmp_path / f"{len(list(tmp_path.iterdir()))}.duckdb",
            **{mart: ledger_rows(mart) for mart in LEDGERS} | replaced,
        )
        if cadence != "monthly_dispatch":
            marts = (
                "indicator_progress",
                "indicator_rankings",
                "city_progress",
                "periods",
                *LEDGERS[:-1],
            )
            execute(
                warehouse,
                *(f"update marts.{mart} set cadence = '{cadence}' where period = '{MONTH}'" for mart in marts),
            )
        result = result_of(warehouse, cadence)
        return compose(result, Edition(1)), result

    return compose_case


def texts(notice: Notice, section: Section, *keys: str) -> list[tuple[str, ...]]:
    """The texts of some columns, row by row, over all tables of a section."""
    return [tuple(row.cell(key).text for key in keys) for table in notice.tables_of(section) for row in table.rows]


def words(notice: Notice, heading: str) -> str:
    (found,) = [finding.text for finding in notice.findings_in_words if finding.heading == heading]
    return found


def test_scores_stand_by_place_with_their_parts_and_the_unscored_last(composed: Composed) -> None:
    notice, _ = composed()
    assert texts(notice, Section.SCORES, "reporter", "overall_place", "group_place", "score", "margin_above") == [
        ("丁开发区", "第1名/共4家", "", "63.00", ""),
        ("甲区", "第2名/共4家", "第1名/共3家", "63.00", TOO_CLOSE),
        ("乙区", "第3名/共4家", "第2名/共3家", "40.00", "23.00"),
        ("丙区", "第4名/共4家", "第3名/共3家", "-0.50", "40.50"),
        ("戊开发区", "不排名", "", "", ""),
    ]
    (table,) = notice.tables_of(Section.SCORES)
    assert [column.label for column in table.columns][-3:] == ["新增企业", "合同成交额", "迟报扣分"]
    of_yi, of_bing = table.rows[2], table.rows[3]
    assert of_yi.cell(f"{MONTH}.contracts").text == "未设置目标"
    nothing_sent = of_bing.cell(f"{MONTH}.enterprises")
    assert (nothing_sent.text, nothing_sent.mark) == ("0.00", "未报送")
    assert "满分 100 分" in table.remark
    assert "设计选择" in table.remark


def test_a_programme_without_scheme_has_no_scores(composed: Composed) -> None:
    notice, _ = composed(composite_rankings=[], score_parts=[], movers=[])
    assert Section.SCORES not in notice.sections
    assert "综合排名" not in [finding.heading for finding in notice.findings_in_words]


def test_movers_say_who_moved_and_from_what(composed: Composed) -> None:
    notice, _ = composed("bimonthly_exchange")
    assert texts(
        notice, Section.MOVERS, "reporter", "previous_rank", "rank", "rank_change", "score_change", "reasons"
    ) == [
        ("丁开发区", "3", "1", "↑2", "+12.50", "新增企业 +13.00 分，迟报扣分 -0.50 分"),
        ("甲区", "1", "2", "↓1", "+1.25", "新增企业 +1.25 分"),
    ]
    assert words(notice, "位次变动") == (
        "与上一个双月相比，丁开发区前进 2 位（新增企业 +13.00 分，迟报扣分 -0.50 分）。"
        "甲区后退 1 位（新增企业 +1.25 分）。"
    )


def test_exchange_tells_what_worked_before_what_is_stuck(composed: Composed) -> None:
    notice, _ = composed("bimonthly_exchange")
    assert texts(notice, Section.PRACTICE, "reporter", "state", "progress", "problem") == [
        ("丁开发区", "已完成", "细则已印发", ""),
        ("乙区", "滞后", "", "场地未落实"),
        ("甲区", "推进中", "已对接三场", ""),
    ]


def test_problems_name_targets_with_their_units_reporters_and_tasks(composed: Composed) -> None:
    notice, _ = composed()
    targets, reporters, tasks = notice.tables_of(Section.PROBLEMS)
    assert [
        (row.cell("indicator").text, row.cell("lead").text, row.cell("responsible").text) for row in targets.rows
    ] == [("新增企业", "市科技局", "市财政局、各区人民政府")]
    assert [(row.cell("reporter").text, row.cell("gap").text) for row in reporters.rows][:2] == [
        ("丙区", "-25.0"),
        ("甲区", "-4.4"),
    ]
    assert [(row.cell("reporter").text, row.cell("problem").text) for row in tasks.rows] == [("乙区", "场地未落实")]
    assert (
        words(notice, "滞后目标")
        == "滞后的文件目标 1 项：新增企业（一，牵头单位：市科技局；责任单位：市财政局、各区人民政府）。"
    )
    assert words(notice, "滞后任务") == "报为滞后的任务 1 项次：乙区 1 项。"


def test_ledgers_count_by_clause_unit_and_task(composed: Composed) -> None:
    notice, _ = composed()
    assert texts(notice, Section.CLAUSES, "clause", "state", "target_count", "target_lagging_count", "task_count") == [
        ("一", "滞后", "2", "1", ""),
        ("二(三)2", "推进中", "1", "", "2"),
    ]
    assert [row[:2] for row in texts(notice, Section.UNITS, "unit", "role")] == [
        ("市科技局", "牵头单位"),
        ("市财政局", "责任单位"),
    ]
    assert texts(notice, Section.TASKS, "task", "finished", "moving", "lagging", "lagging_names") == [
        ("组织成果对接", "", "1", "1", "乙区"),
        ("印发实施细则", "1", "", "", ""),
    ]
    assert texts(notice, Section.ITEMS, "item", "status", "days") == [("乙项目", "停工", "0"), ("甲项目", "在建", "59")]


def test_quality_is_ranked_and_in_percent(composed: Composed) -> None:
    notice, _ = composed()
    assert texts(notice, Section.QUALITY, "reporter", "overall_place", "error_ratio", "restatement_ratio") == [
        ("甲区", "第1名/共2家", "0.0%", ""),
        ("丙区", "第2名/共2家", "25.0%", "8.1%"),
    ]


def test_a_figure_that_was_waived_explained_or_changed_leads_to_its_footnote(composed: Composed) -> None:
    warning = finding(indicator_id="enterprises")
    waived = finding(indicator_id="contracts", waived_by="分管副主任", waiver_reason="口径调整")
    notice, _ = composed(findings=[warning, waived])
    signs = {
        (row.cell("reporter").text, block.indicator["indicator_id"]): row.cell("cumulative_value").mark
        for block in notice.blocks
        if block.is_primary
        for row in block.table.rows
    }
    assert signs["甲区", "enterprises"] == "说"
    assert signs["甲区", "contracts"] == "豁"
    assert signs["丁开发区", "enterprises"] == "订"
    assert signs["乙区", "enterprises"] == ""
    rows = texts(notice, Section.FOOTNOTES, "reporter", "indicator", "period", "sign", "words")
    assert (
        "丁开发区",
        "新增企业",
        "2021-02",
        "订",
        "累计数由 41 改为 38（2021-03-19 15:20 收到的报送）。",
    ) in rows
    assert [row[3] for row in rows] == ["说", "订", "豁"]
    assert "去年同期数已按新口径调整" in rows[0][4]
    assert "分管副主任" in rows[2][4]


def test_each_cadence_opens_with_its_own_emphasis(composed: Composed) -> None:
    first = {}
    for cadence in FORMS:
        notice, _ = composed(cadence)
        first[cadence] = [section for section in notice.sections if section is not Section.REVISION][:2]
    assert first["monthly_dispatch"] == [Section.OVERVIEW, Section.SCORES]
    assert first["bimonthly_exchange"] == [Section.MOVERS, Section.PRACTICE]
    assert first["half_year_review"] == [Section.SCORES, Section.OVERVIEW]
    assert first["annual_assessment"] == [Section.SCORES, Section.CITY]


def test_a_quarter_is_set_against_the_quarter_before(composed: Composed, tmp_path: Path) -> None:
    warehouse = create_warehouse(tmp_path / "quarter.duckdb")
    execute(
        warehouse,
        "update marts.indicator_progress set previous_value = 10, mom_ratio = 0.5 "
        "where reporter_id in ('jia', 'city') and indicator_id = 'enterprises'",
    )
    execute(
        warehouse,
        f"update marts.indicator_progress set cadence = 'quarterly_summary', period = '2021-Q1' "
        f"where period = '{MONTH}'",
    )
    notice = compose(result_of(warehouse, "quarterly_summary", "2021-Q1"), Edition(1))
    keys = ("reporter", "enterprises.current", "enterprises.previous", "enterprises.growth")
    rows = texts(notice, Section.COMPARISON, *keys)
    assert rows[0] == ("甲区", "15", "10", "50.0%")
    assert words(notice, "与上期对比") == "新增企业本季数 78 家，上季 10 家，环比 50.0%。"


def test_words_of_tasks_and_items_stay_words_in_every_form(composed: Composed) -> None:
    tasks = [row | {"problem": HOSTILE, "progress": HOSTILE, "task": HOSTILE} for row in ledger_rows("task_progress")]
    items = [row | {"note": HOSTILE, "item_name": HOSTILE} for row in ledger_rows("ledger_items")]
    notice, result = composed("bimonthly_exchange", task_progress=tasks, ledger_items=items)
    forms = forms_of(notice, result)
    check_forms(notice, forms)
    assert b"<script>alert" not in forms["notice.html"]
    cells = [
        cell.text for table in Document(io.BytesIO(forms[DOCUMENT])).tables for row in table.rows for cell in row.cells
    ]
    assert HOSTILE in cells


def test_the_document_is_upright_but_for_wide_tables(composed: Composed) -> None:
    notice, result = composed()
    sections = Document(io.BytesIO(forms_of(notice, result)[DOCUMENT])).sections
    assert sections[0].orientation == WD_ORIENT.PORTRAIT
    assert {section.orientation for section in sections} == {WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE}


def test_a_table_wider_than_a_page_goes_on_below_with_its_first_column(composed: Composed) -> None:
    notice, _ = composed()
    labels = [f"第{number}项" for number in range(40)]
    columns = (Column("reporter", "填报单位", 24, "left"), *(Column(label, label, 9) for label in labels))
    row = TableRow({"reporter": figures.text("甲区")} | {label: figures.number(1) for label in labels})
    wide = replace(notice, more={Section.SCORES: [Table("scores", "", columns, (row,))]})
    (part,) = [part for part in parts_of(wide) if part.heading.endswith("综合得分")]
    assert len(part.tables) == 3
    assert {table.columns[0].label for table in part.tables} == {"填报单位"}
    assert [column.label for table in part.tables for column in table.columns[1:]] == labels
