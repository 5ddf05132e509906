"""Templates: who gets one and what stands in it; filled in, it reads back as it was filled in."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from expectations.roster import Roster
from expectations.run import judge
from ingestion.__main__ import app
from ingestion.calendar import MONTHLY, programme_periods
from ingestion.conform import find_tables, table_ids
from ingestion.contract import CORRECTION_MODES, COVER_SHEET, TABLE_SHEET, TASK_LEDGER
from ingestion.errors import PeriodError, RegistryError
from ingestion.form import form_version
from ingestion.owing import Owing, task_reporters
from ingestion.readers import read_sheets
from ingestion.registry import Registry, load_registry
from ingestion.settings import Settings, get_settings
from ingestion.store import insert_rows, open_warehouse
from ingestion.sweep import sweep
from ingestion.templates import write_templates
from tests.ingestion.filling import HEADER_ROW, fill, fill_cover, labels_of, lines_of
from tests.stages import registry_that_never_closes

ITEM_KINDS = ("project", "enterprise", "platform")
TASK_MONTHS = [("four_accelerations_2021", "2021-10"), ("donghu_quality_2022", "2022-12")]
MONTHS = ["2021-01", "2021-04", "2021-12", "2022-12", "2023-12", "2025-12"]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry(get_settings().registry)


def programme_months(registry: Registry) -> Iterator[tuple[str, str]]:
    for row in programme_periods(registry):
        if row["cadence"] == MONTHLY:
            yield str(row["programme_id"]), str(row["period"])


def template_of(reporter: str = "jiangan", period: str = "2021-04", programme: str = "innovation_2021") -> Path:
    (path,) = write_templates(programme, period, reporter).paths
    return path


def row_named(sheet: Worksheet, name: str) -> int:
    return next(row for row in lines_of(sheet) if sheet.cell(row, 1).value == name)


def test_every_template_is_of_one_that_may_report_and_asks_for_what_it_may_fill_in(registry: Registry) -> None:
    roster = Roster(registry)
    with_figures = with_tasks = 0
    for programme_id, month in programme_months(registry):
        owing = Owing(registry, programme_id, month)
        for reporter in owing.reporters:
            reporter_id = reporter["reporter_id"]
            assert roster.belongs_as(programme_id, reporter_id, month) == reporter_id
            for owed in owing.indicators(reporter):
                assert roster.is_supplier(reporter_id, owed.indicator, month)
                with_figures += 1
            with_tasks += bool(owing.tasks(reporter) and not owing.indicators(reporter))
    assert with_figures > 3000
    assert with_tasks > 60


@pytest.mark.parametrize("programme_id", ["innovation_2021", "four_accelerations_2021"])
def test_districts_and_departments_get_a_workbook_each(home: Settings, registry: Registry, programme_id: str) -> None:
    paths = write_templates(programme_id, "2021-12").paths
    assert {path.parent for path in paths} == {home.templates / programme_id / "2021-12"}
    kinds = {registry.row("reporters", "reporter_id", path.stem[:-8])["reporter_kind"] for path in paths}
    assert kinds == {"district", "department"}


@pytest.mark.parametrize("month", MONTHS)
def test_a_filled_template_reads_back_as_it_was_filled_in(home: Settings, registry: Registry, month: str) -> None:
    programmes = [programme for programme, period in programme_months(registry) if period == month]
    assert programmes
    for programme_id in programmes:
        seen_kinds: dict[str, int] = {}
        for path in write_templates(programme_id, month).paths:
            reporter = registry.row("reporters", "reporter_id", path.stem.removesuffix(f"-{month}"))
            seen_kinds[reporter["reporter_kind"]] = seen_kinds.get(reporter["reporter_kind"], 0) + 1
            if reporter["reporter_kind"] == "district" and seen_kinds["district"] > 3:
                continue  # districts have three kinds of forms; every department has its own
            written = fill(path)
            (table,) = find_tables(read_sheets(path.read_bytes()), registry)
            assert table_ids(table, registry) == {
                "programme_id": programme_id,
                "reporter_id": reporter["reporter_id"],
                "period": month,
            }
            assert table.head["template_version"].text == form_version(Owing(registry, programme_id, month), reporter)
            owed = Owing(registry, programme_id, month).indicators(reporter)
            assert [row["indicator_text"] for row in table.rows] == [line.indicator["indicator_name"] for line in owed]
            assert [row["unit_text"] or "" for row in table.rows] == [line.indicator["unit"] for line in owed]
            for row in table.rows:
                expected = written["table"][str(row["indicator_text"])]
                assert {name: row[name] for name in expected} == expected
                assert row["month_value"] is not None or "month_value" not in expected
            tasks = {row.values["task_number_text"]: row.values for row in table.ledgers if row.kind == "task"}
            assert set(tasks) == set(written.get("task", {}))
            for number, values in written.get("task", {}).items():
                assert {name: tasks[number][f"{name}_text"] for name in values} == values
            items = [(row.kind, row.values["item_text"]) for row in table.ledgers if row.kind != "task"]
            assert items == [(kind, name) for kind in ITEM_KINDS for name in written.get(kind, {})]


def test_a_filled_template_lands_with_cover_units_tasks_and_items(home: Settings) -> None:
    path = template_of()
    written = fill(
        path, {"filled_by": "张三", "reviewed_by": "李四", "correction_mode": "仅报更正", "correction_reason": "漏报"}
    )
    folder = home.inbox / "jiangan"
    folder.mkdir()
    path.rename(folder / "四月.xlsx")
    sweep()
    home.pipeline_file.unlink()  # landed again from archive and journal
    sweep()
    with open_warehouse() as connection:
        cover = connection.execute(
            """select programme_id, reporter_id, period, reporter_cell, reporter_sheet, sheet, filled_by, reviewed_by,
            correction_mode, correction_reason, length(template_version) from raw.tables"""
        ).fetchall()
        units = connection.execute(
            "select unit_text, unit_cell from raw.reported_values where indicator_id = 'technology_contract_value'"
        ).fetchall()
        tasks = connection.execute(
            "select task_id, status_text, problem_text, sheet, status_cell from raw.reported_tasks order by row_number"
        ).fetchall()
        items = connection.execute(
            """select item_kind, sheet, item_text, item_code_text, item_key, started_on, finished_on, finished_on_text,
            item_cell from raw.reported_items order by all"""
        ).fetchall()
    assert cover == [
        ("innovation_2021", "jiangan", "2021-04", "B4", "封面", "指标", "张三", "李四", "仅报更正", "漏报", 8)
    ]
    assert units == [("亿元", "B6")]
    assert [row[0] for row in tasks] == list(written["task"])
    assert tasks[0][1:] == ("推进中", "存在问题4", "任务", "D4")
    days = (date(2021, 3, 5), date(2021, 4, 30), "2021年4月30日")
    assert items == [
        ("enterprise", "企业", "示范enterprise", "0012", "0012", *days, "A4"),
        ("platform", "平台", "示范platform", "0012", "0012", *days, "A4"),
        ("project", "项目", "示范project", "0012", "0012", *days, "A4"),
    ]


def test_the_same_inputs_give_the_same_bytes(home: Settings) -> None:
    first = {path.name: path.read_bytes() for path in write_templates("innovation_2021", "2021-04").paths}
    second = {path.name: path.read_bytes() for path in write_templates("创新提能2021", "2021年4月").paths}
    assert first == second and len(first) == 20


def test_labels_are_locked_input_is_open_and_no_password_stands_in_the_way(home: Settings) -> None:
    book = load_workbook(template_of())
    for sheet in book.worksheets:
        assert sheet.protection.sheet and not sheet.protection.password
        assert sheet.page_setup.orientation == "landscape" and str(sheet.page_setup.paperSize) == "9"
        assert sheet.freeze_panes or sheet.title == COVER_SHEET
    table = book[TABLE_SHEET]
    columns = labels_of(table)
    row = row_named(table, "高新技术企业总数")
    locked = {label: table.cell(row, column).protection.locked for label, column in columns.items()}
    assert {label for label, is_locked in locked.items() if not is_locked} == {
        "累计数",
        "去年同期累计",
        "增速(%)",
        "说明",
    }
    increment = row_named(table, "新增高新技术企业")
    assert not table.cell(increment, columns["本月数"]).protection.locked
    assert table.cell(increment, columns["本月数"]).number_format == "#,##0"
    assert table.cell(row_named(table, "技术合同成交额"), columns["累计数"]).number_format == "#,##0.00"


def test_lists_drop_down_where_words_are_to_be_chosen(home: Settings) -> None:
    book = load_workbook(template_of())
    lists = {
        (sheet.title, str(validation.sqref).split(":")[0]): validation.formula1
        for sheet in book.worksheets
        for validation in sheet.data_validations.dataValidation
        if validation.type == "list"
    }
    assert lists[COVER_SHEET, "B10"] == f'"{",".join(CORRECTION_MODES)}"'
    assert lists[TASK_LEDGER.sheet, "D4"] == '"未启动,推进中,已完成,滞后"'
    assert lists["项目", "D4"] == '"前期,在建,停工,已完工,已终止"'
    assert lists["企业", "C4"] == "indicator_names"
    assert book.defined_names["indicator_names"].value == "'指标'!$A$4:$A$15"
    numbers = book[TABLE_SHEET].data_validations.dataValidation
    assert {validation.type for validation in numbers} == {"whole", "decimal"}
    assert {validation.formula1 for validation in numbers if validation.type == "whole"} == {"0"}


def test_targets_and_what_was_accepted_before_are_shown(home: Settings, registry: Registry) -> None:
    march = template_of(period="2021-03")
    written = fill(march)["table"]["新增高新技术企业"]
    (home.inbox / "jiangan").mkdir()
    march.rename(home.inbox / "jiangan" / "三月.xlsx")
    (receipt,) = sweep().receipts
    blank = load_workbook(template_of())
    table = blank[TABLE_SHEET]
    columns = labels_of(table)
    row = row_named(table, "新增高新技术企业")
    assert table.cell(row, columns["年度目标"]).value == "75（示例分解）"
    assert table.cell(row_named(table, "科技成果转化对接活动"), columns["年度目标"]).value == "≥5"
    assert table.cell(row, columns["上月累计数"]).value is None
    judgement = {"receipt_id": receipt.receipt_id, "verdict": "accepted", "accepted_at": datetime(2021, 4, 5)}
    with open_warehouse() as connection:
        insert_rows(connection, "judgements", [judgement | {"rules_sha256": ""}])
    known = load_workbook(template_of())
    assert known[TABLE_SHEET].cell(row, columns["上月累计数"]).value == written["cumulative_value"]
    project = known["项目"]
    assert [project.cell(HEADER_ROW + 1, column).value for column in (1, 2, 4)] == ["示范project", "0012", "申报中"]
    assert project.cell(HEADER_ROW + 1, 5).value == datetime(2021, 3, 5)
    assert project.cell(HEADER_ROW + 2, 1).value is None
    reporter = registry.row("reporters", "reporter_id", "jiangan")
    assert known[COVER_SHEET]["B7"].value == form_version(Owing(registry, "innovation_2021", "2021-04"), reporter)
    assert known.properties.created == datetime(2021, 4, 30, tzinfo=UTC).replace(tzinfo=None)


def test_an_increment_starts_the_year_from_zero(home: Settings) -> None:
    table = load_workbook(template_of(period="2021-01"))[TABLE_SHEET]
    previous = labels_of(table)["上月累计数"]
    assert table.cell(row_named(table, "新增高新技术企业"), previous).value == 0
    assert table.cell(row_named(table, "高新技术企业总数"), previous).value is None


def test_an_untouched_template_is_a_table_without_figures(home: Settings, registry: Registry) -> None:
    (table,) = find_tables(read_sheets(template_of().read_bytes()), registry)
    assert {row["cumulative_value_text"] for row in table.rows} == {None}
    assert {row.kind for row in table.ledgers} == {"task"}
    assert {row.values["status_text"] for row in table.ledgers} == {None}
    assert "filled_by" not in table.head and table.head["correction_mode"].text == CORRECTION_MODES[0]


def test_a_unit_with_tasks_alone_gets_a_list_of_them_and_its_file_is_accepted(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIBIAO_REGISTRY", str(registry_that_never_closes(tmp_path / "registry")))
    get_settings.cache_clear()
    path = template_of("东湖高新区", "2022-03", "donghu_quality_2022")
    assert load_workbook(path).sheetnames == [COVER_SHEET, TASK_LEDGER.sheet]
    untouched = path.read_bytes()
    written = fill(path)
    for name, content in (("空表.xlsx", untouched), ("三月.xlsx", path.read_bytes())):
        (home.inbox / name).write_bytes(content)
    sweep()
    judge()
    with open_warehouse() as connection:
        judged = connection.execute(
            "select file_name, verdict, problem from raw.receipts join raw.judgements using (receipt_id) order by 2"
        ).fetchall()
        tasks = connection.execute("select task_id, status_text from raw.reported_tasks").fetchall()
    assert judged == [
        ("三月.xlsx", "accepted", None),
        ("空表.xlsx", "returned", "填报表里没有一行填了状态；请填好后重新报送。"),
    ]
    assert sorted(tasks) == sorted((number, "推进中") for number in written["task"])


def test_a_month_that_asks_for_nothing_has_no_templates(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "registry"
    shutil.copytree(get_settings().registry, folder)
    with_labels = (folder / "tasks.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "tasks.csv").write_text(with_labels + "\n", encoding="utf-8")
    monkeypatch.setenv("YIBIAO_REGISTRY", str(folder))
    get_settings.cache_clear()
    with pytest.raises(RegistryError, match="没有应报的指标和任务"):
        write_templates("donghu_quality_2022", "2022-03")


def test_a_version_changes_with_the_form_and_not_with_its_figures(registry: Registry) -> None:
    jiangan, zone = (registry.row("reporters", "reporter_id", name) for name in ("jiangan", "donghu_hitech"))
    april = form_version(Owing(registry, "innovation_2021", "2021-04"), jiangan)
    assert form_version(Owing(registry, "innovation_2021", "2021-05"), jiangan) == april
    assert form_version(Owing(registry, "innovation_2021", "2021-04"), zone) != april
    indicators = [row | {"unit": "户"} if row["unit"] == "家" else row for row in registry.rows("indicators")]
    changed = Registry(registry.folder, registry.tables | {"indicators": indicators}, "")
    assert form_version(Owing(changed, "innovation_2021", "2021-04"), jiangan) != april
    statuses = [row | {"counts_as": "moving"} for row in registry.rows("ledger_statuses")]
    counted = Registry(registry.folder, registry.tables | {"ledger_statuses": statuses}, "")
    assert form_version(Owing(counted, "innovation_2021", "2021-04"), jiangan) == april


def test_tasks_go_to_whom_the_document_names(registry: Registry) -> None:
    reporters = {row["reporter_id"]: row for row in registry.rows("reporters")}
    april = Owing(registry, "innovation_2021", "2021-04")
    numbers = {name: {row["task_id"] for row in april.tasks(row)} for name, row in reporters.items()}
    assert "wzb_2021_26-2-3-2" in numbers["caidian"] & numbers["science_technology_bureau"]  # 各区人民政府
    assert "wzb_2021_26-2-1-1" in numbers["donghu_hitech"] - numbers["caidian"]  # under an alias
    assert {row["task_id"] for row in april.unassigned_tasks} == {
        "wzb_2021_26-2-3-1",
        "wzb_2021_26-3-1",
        "wzb_2021_26-3-2",
        "wzb_2021_26-3-3",
    }
    whole_document = [row for row in registry.rows("tasks") if row["document_id"] == "donghu_2022"]
    assert Owing(registry, "donghu_quality_2022", "2022-12").tasks(reporters["donghu_hitech"]) == whole_document


def test_the_marts_expect_of_each_month_what_its_forms_ask_for(registry: Registry) -> None:
    spans = task_reporters(registry)
    for programme_id, month in [("innovation_2021", "2021-02"), ("innovation_2021", "2021-03"), *TASK_MONTHS]:
        owing = Owing(registry, programme_id, month)
        asked = {(task["task_id"], who["reporter_id"]) for who in owing.reporters for task in owing.tasks(who)}
        day = date.fromisoformat(f"{month}-01")
        found = {
            (row["task_id"], row["reporter_id"])
            for row in spans
            if row["programme_id"] == programme_id and row["first_month"] <= day <= row["last_month"]
        }
        assert found == asked
        assert bool(asked) == (month != "2021-02")  # the document is of March


def test_a_merged_units_tasks_are_its_successors_from_the_month_of_the_merger_on(registry: Registry) -> None:
    succession = {"predecessor_id": "donghu_hitech", "successor_id": "hanyang", "effective_on": "2021-06-15"}
    changed = Registry(registry.folder, registry.tables | {"reporter_successions": [succession]}, "")
    may, june = (
        {who for task, who in Owing(changed, "innovation_2021", month).asked_of_tasks() if task == "wzb_2021_26-2-1-1"}
        for month in ("2021-05", "2021-06")
    )
    assert (may - june, june - may) == ({"donghu_hitech"}, {"hanyang"})


def test_the_last_day_of_a_month_decides_who_belongs_to_it(registry: Registry) -> None:
    reporters = [
        row | {"valid_to": "2021-06-29"} if row["reporter_id"] == "jiangan" else row
        for row in registry.rows("reporters")
    ]
    members = [
        row | {"valid_to": "2021-05-31"} if row["reporter_id"] == "caidian" else row
        for row in registry.rows("reporter_group_members")
    ]
    members = [row | {"valid_from": "2021-06-30"} if row["reporter_id"] == "hanyang" else row for row in members]
    changed = Registry(
        registry.folder, registry.tables | {"reporters": reporters, "reporter_group_members": members}, ""
    )
    asked = {
        month: {row["reporter_id"] for row in Owing(changed, "innovation_2021", month).reporters}
        & {"jiangan", "caidian", "hanyang"}
        for month in ("2021-05", "2021-06")
    }
    assert asked == {"2021-05": {"jiangan", "caidian"}, "2021-06": {"hanyang"}}


def test_who_is_asked_again_after_a_break_has_two_spans(registry: Registry) -> None:
    members = [
        row | {"valid_from": start, "valid_to": end}
        for row in registry.rows("reporter_group_members")
        if row["programme_id"] == "innovation_2021" and row["reporter_id"] == "jiangan"
        for start, end in (("", "2021-05-31"), ("2021-08-15", ""))
    ]
    changed = Registry(registry.folder, registry.tables | {"reporter_group_members": members}, "")
    spans = {
        (row["first_month"], row["last_month"])
        for row in task_reporters(changed)
        if (row["programme_id"], row["reporter_id"]) == ("innovation_2021", "jiangan")
    }
    assert spans == {(date(2021, 3, 1), date(2021, 5, 1)), (date(2021, 8, 1), date(2021, 12, 1))}


def test_other_registries_without_tasks_and_statuses_have_shorter_workbooks(
    home: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIBIAO_REGISTRY", "tests/registries/new_homes")
    get_settings.cache_clear()
    path = template_of("jiangan", "2021-04", "new_homes")
    assert load_workbook(path).sheetnames == [COVER_SHEET, TABLE_SHEET]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        (("innovation_2021", "2021-Q1", None), PeriodError, "不是月份"),
        (("nothing", "2021-04", None), RegistryError, "没有方案“nothing”"),
        (("innovation_2021", "2022-04", None), RegistryError, "没有 2022-04"),
        (("innovation_2021", "2021-04", "全市"), RegistryError, "不报“创新提能2021”"),
    ],
)
def test_what_cannot_be_written_is_said(
    home: Settings, arguments: tuple[str, str, str | None], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        write_templates(*arguments)
    assert not home.templates.exists()


def test_the_command_writes_and_leaves_the_inbox_alone(home: Settings) -> None:
    (home.inbox / "a.csv").write_text("x")
    result = CliRunner().invoke(
        app, ["template", "--programme", "innovation_2021", "--period", "2021-04", "--reporter", "江岸"]
    )
    assert result.exit_code == 0 and "写出 1 个模板" in result.output
    assert (home.inbox / "a.csv").exists() and not home.pipeline_file.exists()
    assert CliRunner().invoke(app, ["template", "--programme", "x", "--period", "2021-04"]).exit_code == 1


def test_a_cover_without_a_reason_is_landed_as_blank(home: Settings, registry: Registry) -> None:
    path = template_of()
    book = load_workbook(path)
    fill_cover(book[COVER_SHEET], {"filled_by": "王五"})
    book.save(path)
    (table,) = find_tables(read_sheets(path.read_bytes()), registry)
    assert table.head["filled_by"].text == "王五"
    assert {"reviewed_by", "correction_reason"} & table.head.keys() == set()
