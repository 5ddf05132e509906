"""Tasks and listed items from workbooks to the marts, and each as-of time with what was known by then."""

import csv
import hashlib
import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

from ingestion.contract import COVER_SHEET, ITEM_LEDGERS, TASK_LEDGER
from ingestion.settings import get_settings
from tests.stages import DBT, WITHOUT_TESTS, query, run

PROGRAMME = "donghu_quality_2022"
REPORTER = "donghu_hitech"
MARTS = ("task_progress", "ledger_items", "clause_ledger", "unit_progress", "return_quality")
SETTINGS = {"YIBIAO_TRUST_RECEIPTS": "1"}
SITE, DIRECTORY, SILENT = "donghu_2022-2-1-1", "donghu_2022-2-1-2", "donghu_2022-2-1-3"
BEFORE, AFTER = "2022-05-05T00:00+08:00", "2022-05-20T00:00+08:00"
FILES = {
    "二月.xlsx": (
        "2022-03-05T10:00+08:00",
        "2022-02",
        [(SITE, "推进中", "完成选址", "缺用地指标"), (DIRECTORY, "滞后", "", "")],
        [("光谷一期", "P-１", "前期", "2022-02-01")],
    ),
    "三月.xlsx": (
        "2022-04-05T10:00+08:00",
        "2022-03",
        [(SITE, "推进中", "开工", ""), (DIRECTORY, "", "已报送名录", "")],
        [("光谷1期", "p-1", "在建", "")],
    ),
    "二月更正.xlsx": ("2022-05-10T10:00+08:00", "2022-02", [(SITE, "", "", ""), (DIRECTORY, "已完成", "", "")], []),
}


def write_workbook(path: Path, period: str, tasks: list[tuple[str, ...]], items: list[tuple[str, ...]]) -> None:
    """A cover, the sheet of tasks and, where there are any, that of projects."""
    book = Workbook()
    book.remove(book.active)
    sheets = {COVER_SHEET: [("方案", PROGRAMME), ("填报单位", REPORTER), ("期", period)]}
    sheets[TASK_LEDGER.sheet] = [("任务编号", "任务", "状态", "进展情况", "存在问题")]
    sheets[TASK_LEDGER.sheet] += [(task, task, *texts) for task, *texts in tasks]
    if items:
        sheets[ITEM_LEDGERS[0].sheet] = [("项目名称", "项目代码", "状态", "开始日期"), *items]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)


def build(home: Path, as_of: str) -> None:
    """The marts of this page, as of a time."""
    run(sys.executable, "-m", "ingestion", "--as-of", as_of, home=home, **SETTINGS)
    run(sys.executable, "-m", "expectations", home=home, **SETTINGS)
    models = [f"+{name}" for name in MARTS]
    target = ["--target-path", home / "dbt_target", "--log-path", home / "dbt_target"]
    selected = ["--select", *models, *WITHOUT_TESTS]
    run(DBT, "build", *selected, *target, home=home, folder=get_settings().dbt_project, **SETTINGS)


def known_tasks(home: Path, period: str) -> dict[str, tuple]:
    """What task_progress says of a period, by task: state, since, month, days, texts and their month."""
    rows = query(
        home,
        f"""select task_id, task_state, status_since, reported_in, days_without_movement, progress, problem,
            texts_reported_in from marts.task_progress where programme_id = '{PROGRAMME}' and period = '{period}'
            and reporter_id = '{REPORTER}' and is_asked order by task_id""",
    )
    return {task_id: values for task_id, *values in rows}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three received files, built as of before the third."""
    home = tmp_path_factory.mktemp("ledgers")
    folder = home / "inbox" / REPORTER
    folder.mkdir(parents=True)
    with (home / "inbox" / "receipts.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file_name", "sha256", "received_at", "source"])
        for name, (received_at, *content) in FILES.items():
            write_workbook(folder / name, *content)
            writer.writerow(
                [f"{REPORTER}/{name}", hashlib.sha256((folder / name).read_bytes()).hexdigest(), received_at, "示例"]
            )
    build(home, BEFORE)
    return home


def test_a_month_that_leaves_a_status_blank_keeps_the_last_known(home: Path) -> None:
    march = known_tasks(home, "2022-03")
    assert march[SITE] == ["moving", "2022-02", "2022-03", 31, "开工", None, "2022-03"]
    assert march[DIRECTORY] == ["lagging", "2022-02", "2022-02", 31, "已报送名录", None, "2022-03"]
    assert march[SILENT][:2] == ["not_reported", None]
    assert known_tasks(home, "2022")[SITE][:3] == ["moving", "2022-02", "2022-03"]
    assert known_tasks(home, "2022-06")[SITE] == ["not_due", *[None] * 6]


def test_an_item_is_one_by_its_code_however_its_name_is_written(home: Path) -> None:
    rows = query(
        home,
        "select period, item_key, item_name, status, status_since, started_on::varchar from marts.ledger_items "
        "where period in ('2022-02', '2022-03') order by period",
    )
    assert rows == [
        ("2022-02", "p-1", "光谷一期", "前期", "2022-02", "2022-02-01"),
        ("2022-03", "p-1", "光谷1期", "在建", "2022-03", "2022-02-01"),
    ]


def test_a_corrected_month_moves_what_is_known_from_its_receipt_on(home: Path) -> None:
    clause = (
        f"select state, task_count, task_lagging_count, task_finished_count from marts.clause_ledger "
        f"where programme_id = '{PROGRAMME}' and clause = '二(一)2' and period = '2022-03'"
    )
    before = known_tasks(home, "2022-03")
    # The correction had landed by then, and was not yet received.
    assert query(home, "select count(*) from raw.receipts") == [(len(FILES),)]
    assert (before[DIRECTORY][0], query(home, clause)) == ("lagging", [("lagging", 1, 1, 0)])
    build(home, AFTER)
    after = known_tasks(home, "2022-03")
    assert after[DIRECTORY][:3] == ["finished", "2022-02", "2022-02"]
    assert query(home, clause) == [("finished", 1, 0, 1)]
    assert after[SITE] == before[SITE]
