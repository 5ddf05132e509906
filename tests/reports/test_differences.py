"""What makes a second vintage, what does not, and how the difference of two is told."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from ingestion.settings import Settings
from reports.__main__ import application
from reports.publish import publish
from tests.reports.factories import MONTH, MONTHLY, PROGRAMME, correct_one_reporter, execute

runner = CliRunner()

SCORES: tuple[str, ...] = (
    "insert into marts.score_parts (programme_id, reporter_id, period, cadence, scheme_id, source_period, part_id, "
    "part_kind, indicator_id, basis, part_state, full_weight, weight, source_value, target_value, comparator, "
    "is_held_or_not, measured_value, mark_share, mark, bonus, penalty, points, event_count) values "
    "('pilot', 'jia', '2021-03', 'monthly_dispatch', 's', '2021-03', 'enterprises', 'indicator', 'enterprises', "
    "'completion', 'scored', 60, 60, 30, 100, '>=', false, 0.3, 0.3, 50.25, 0, 0, 50.25, null), "
    "('pilot', 'yi', '2021-03', 'monthly_dispatch', 's', '2021-03', 'late', 'late', null, null, 'applied', null, null, "
    "null, null, null, null, null, null, 0, 0, 1, -1, 2)",
    "insert into marts.composite_rankings (programme_id, scope, period, cadence, reporter_id, scheme_id, score, rank, "
    "ranked_count, reporter_count) select 'pilot', scope, '2021-03', 'monthly_dispatch', reporter_id, 's', score, "
    "rank, 2, 5 from (values ('overall', 'jia', 50.25, 1), ('overall', 'yi', 49, 2), ('central', 'jia', 50.25, 1), "
    "('central', 'yi', 49, 2)) as places (scope, reporter_id, score, rank)",
)
LEDGERS = (
    "insert into marts.task_progress (programme_id, reporter_id, task_id, period, cadence, clause, task, task_state, "
    "status, status_since, days_without_movement, progress) values ('pilot', 'jia', 't1', '2021-03', "
    "'monthly_dispatch', '二(一)', '建设平台', 'moving', '推进中', '2021-02', 31, '正在选址')",
    "insert into marts.ledger_items (programme_id, reporter_id, item_kind, item_key, period, cadence, item_name, "
    "status, counts_as) values ('pilot', 'yi', 'project', 'x1', '2021-03', 'monthly_dispatch', '加速器', '在建', "
    "'moving')",
    "insert into marts.clause_ledger (programme_id, document_id, clause, period, cadence, state, task_count) values "
    "('pilot', 'doc', '二(一)', '2021-03', 'monthly_dispatch', 'progressing', 1)",
    "insert into marts.unit_progress (programme_id, unit_id, unit_name, role, period, cadence, task_count, "
    "task_moving_count) values ('pilot', 'u1', '市科技局', 'lead', '2021-03', 'monthly_dispatch', 1, 1)",
    "insert into marts.return_quality (programme_id, reporter_id, period, cadence, owed_count, late_count, "
    "returned_count) values ('pilot', 'jia', '2021-03', 'monthly_dispatch', 1, 0, 0)",
)


def diff(*arguments: str) -> str:
    answer = runner.invoke(application, ["diff", PROGRAMME, MONTH, *arguments])
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        (
            "update marts.composite_rankings set score = 51.5 where reporter_id = 'yi'",
            "乙区 · 综合得分 · 总分：49 → 51.5",
        ),
        (
            "update marts.composite_rankings set rank = 2 where reporter_id = 'jia' and scope = 'central'",
            "甲区 · 综合得分 · 分类位次：第1名 → 第2名",
        ),
        (
            "update marts.score_parts set points = -2 where part_id = 'late'",
            "乙区 · 计分项 迟报扣分 · 该项得分：-1 → -2",
        ),
        (
            "update marts.score_parts set part_state = 'not_submitted' where part_id = 'enterprises'",
            "甲区 · 计分项 新增企业 · 计分状态：已计分 → 未报送",
        ),
        (
            "update marts.task_progress set task_state = 'lagging', status = '滞后'",
            "甲区 · 任务 二(一) 建设平台 · 任务状态：推进中 → 滞后",
        ),
        ("update marts.ledger_items set status = '已完工'", "乙区 · 项目 加速器 · 状态：在建 → 已完工"),
        ("update marts.clause_ledger set state = 'lagging'", "条款 二(一) · 目标和任务 · 条款进展：推进中 → 滞后"),
        ("update marts.unit_progress set task_moving_count = 0", "市科技局 · 牵头的目标和任务 · 任务推进中：1 → 0"),
    ],
    ids=["score", "place", "penalty", "part", "task", "item", "clause", "unit"],
)
def test_scores_marks_places_and_states_make_a_vintage_and_a_line(warehouse: Path, statement: str, line: str) -> None:
    execute(warehouse, *SCORES, *LEDGERS)
    publish(MONTHLY, MONTH)
    execute(warehouse, statement)
    (publication,) = publish(MONTHLY, MONTH)
    assert (publication.outcome, publication.version) == ("published", 2)
    printed = diff("v1", "v2").splitlines()
    assert line in printed
    assert printed[-1] == "没有新采用的报送：变动来自登记的目标、名录、历史数据或计算规则。"


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("update marts.task_progress set progress = '已选定地址'", "进展情况：正在选址 → 已选定地址"),
        ("update marts.task_progress set days_without_movement = 45", "没有变化的天数：31 → 45"),
        ("update marts.return_quality set late_count = 1", "甲区 · 报送质量 · 迟报：0 → 1"),
        ("update marts.return_quality set returned_count = 2", "甲区 · 报送质量 · 退回：0 → 2"),
        ("update marts.unit_progress set unit_name = '市科学技术局'", "单位名称：市科技局 → 市科学技术局"),
    ],
    ids=["text", "days", "late", "returned", "name"],
)
def test_texts_days_and_the_quality_of_returns_make_none_but_are_told_beside_a_moved_figure(
    warehouse: Path, statement: str, line: str
) -> None:
    execute(warehouse, *SCORES, *LEDGERS)
    publish(MONTHLY, MONTH)
    execute(warehouse, statement)
    (publication,) = publish(MONTHLY, MONTH)
    assert (publication.outcome, publication.version) == ("unchanged", 1)
    execute(warehouse, "update marts.ledger_items set status = '已完工'")
    publish(MONTHLY, MONTH)
    moved, _, beside = diff("v1", "v2").partition("以下变动不涉及数字")
    assert line in beside
    assert line not in moved


def test_tables_that_only_the_later_vintage_has_are_no_difference(warehouse: Path, settings: Settings) -> None:
    execute(warehouse, *SCORES, *LEDGERS)
    (publication,) = publish(MONTHLY, MONTH)
    assert publication.folder is not None
    for table in ("composite_rankings", "score_parts", "task_progress", "return_quality"):
        (publication.folder / "result" / f"{table}.parquet").unlink()
    (again,) = publish(MONTHLY, MONTH)
    assert again.outcome == "unchanged"


def test_revision_names_the_score_and_the_places_once(warehouse: Path) -> None:
    execute(warehouse, *SCORES)
    publish(MONTHLY, MONTH)
    execute(
        warehouse,
        "update marts.composite_rankings set score = 51.5, rank = 1 where reporter_id = 'yi'",
        "update marts.composite_rankings set rank = 2 where reporter_id = 'jia'",
    )
    (publication,) = publish(MONTHLY, MONTH)
    assert publication.folder is not None
    page = (publication.folder / "notice.html").read_text(encoding="utf-8")
    table = page[page.index('id="revision"') : page.index("</table>", page.index('id="revision"'))]
    assert [table.count(word) for word in ("综合得分", "总分", "总位次", "分类位次", "51.5")] == [5, 1, 2, 2, 1]


def test_diff_tells_figures_places_and_the_submission(warehouse: Path) -> None:
    publish(MONTHLY, MONTH)
    correct_one_reporter(warehouse)
    publish(MONTHLY, MONTH)
    printed = diff("v1", "v2", "--cadence", MONTHLY)
    assert "甲区 · 新增企业 · 累计(期末)数：30 → 60" in printed
    assert "甲区 · 新增企业 · 完成率：30.0% → 60.0%" in printed
    assert "丁开发区 · 新增企业 · 总位次（按完成率）：第1名 → 第2名" in printed
    assert "甲区 2021-03，文件 jia/2021-03 更正.xlsx，收到时间 2021-05-01 11:00" in printed


def test_diff_says_when_nothing_moved(warehouse: Path) -> None:
    publish(MONTHLY, MONTH)
    assert diff("v1", "1") == "v1 与 1 之间没有数字、得分、位次或状态变动。\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("pilot", MONTH, "v1", "v2"), "已发布的有 v1"),
        (("pilot", "2021-02", "v1", "v2"), "还没有发布过"),
        (("pilot", MONTH, "一", "v2"), "不是版次"),
        (("pilot", "2021-13", "v1", "v2"), "不是期号"),
        (("pilot", MONTH, "v1", "v2", "--cadence", "weekly"), "没有“weekly”这种周期"),
    ],
    ids=["version", "period", "no_version", "no_period", "cadence"],
)
def test_diff_of_what_does_not_exist_says_what_does(warehouse: Path, arguments: tuple[str, ...], reason: str) -> None:
    publish(MONTHLY, MONTH)
    answer = runner.invoke(application, ["diff", *arguments])
    assert answer.exit_code == 1
    assert reason in answer.output
