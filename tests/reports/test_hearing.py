"""The pre-notice, objections and answers as a clerk meets them at the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ingestion import journal
from ingestion.settings import Settings
from reports.__main__ import application
from reports.objections import all_objections
from reports.publish import publish
from tests.reports.factories import MONTH, MONTHLY, PROGRAMME, correct_one_reporter, execute

runner = CliRunner()
NOTICE = Path(MONTH) / f"{PROGRAMME}-{MONTHLY}"
UNTIL = "2021-04-23"
IN_TIME = "2021-04-22T10:00"


def command(*arguments: str) -> Result:
    return runner.invoke(application, list(arguments))


def tell(until: str = UNTIL) -> Result:
    return command("pre-notice", "--cadence", MONTHLY, "--period", MONTH, "--until", until)


def object_to(**more: str) -> Result:
    options = {"cadence": MONTHLY, "indicator": "新增企业", "reason": "漏报一家", "by": "张三", "at": IN_TIME} | more
    said = [part for name, value in options.items() if value for part in (f"--{name}", value)]
    return command("object", PROGRAMME, MONTH, "甲区", *said)


def answer(objection_id: str, **more: str) -> Result:
    options = {"answer": "已核对原始凭证", "effect": "更正", "by": "李四", "at": "2021-04-23T09:00"} | more
    return command("answer", objection_id, *[part for name, value in options.items() for part in (f"--{name}", value)])


@pytest.fixture
def draft(warehouse: Path, settings: Settings) -> Path:
    publish(MONTHLY, MONTH, is_draft=True)
    return settings.provisional / NOTICE


def test_each_reporter_gets_a_page_and_the_city_none(draft: Path) -> None:
    told = tell()
    assert told.exit_code == 0, told.output
    pages = {path.name for path in (draft / "pre-notice").iterdir()}
    assert pages == {f"{reporter}.html" for reporter in ("jia", "yi", "bing", "ding", "wu")}
    assert "5 个单位" in told.output


def test_a_page_holds_the_reporters_own_rows_and_nobody_elses(draft: Path) -> None:
    tell()
    page = (draft / "pre-notice" / "jia.html").read_text(encoding="utf-8")
    for own in ("甲区", "新增企业", "第2名/共4家", "30.0%", "征求意见稿", f"{UNTIL} 24:00", "请核对并在说明中写明原因"):
        assert own in page
    for other in ("乙区", "丙区", "丁开发区", "戊开发区", "45.0%"):
        assert other not in page


def test_a_page_tells_marks_and_lateness_where_there_are_any(draft: Path, warehouse: Path) -> None:
    key = f"'{PROGRAMME}', 'bing', '{MONTH}', '{MONTHLY}', 's', '{MONTH}'"
    execute(
        warehouse,
        "insert into marts.score_parts (programme_id, reporter_id, period, cadence, scheme_id, source_period, part_id, "
        "part_kind, indicator_id, basis, part_state, full_weight, weight, source_value, target_value, comparator, "
        "is_held_or_not, measured_value, mark_share, mark, bonus, penalty, points, event_count) values "
        f"({key}, 'enterprises', 'indicator', 'enterprises', 'completion', 'scored', 60, 60, 0, 80, '>=', false, 0, 0, "
        "41.5, 0, 0, 41.5, null), "
        f"({key}, 'late', 'late', null, null, 'applied', null, 0, null, null, null, null, null, null, 0, 0, 1.25, "
        "-1.25, 1)",
        "insert into marts.composite_rankings (programme_id, scope, period, cadence, reporter_id, scheme_id, score, "
        f"rank, ranked_count, reporter_count) values ('{PROGRAMME}', 'overall', '{MONTH}', '{MONTHLY}', 'bing', "
        "'s', 40.25, 4, 4, 5)",
    )
    publish(MONTHLY, MONTH, is_draft=True)
    tell()
    page = (draft / "pre-notice" / "bing.html").read_text(encoding="utf-8")
    for told in ("41.50", "迟报扣分（1次）", "1.25", "总分 40.25，总位次第4名/共4家", "2021-04-12 10:00"):
        assert told in page
    assert "41.50" not in (draft / "pre-notice" / "jia.html").read_text(encoding="utf-8")


def test_the_same_draft_gives_the_same_pages(draft: Path) -> None:
    def pages() -> dict[str, bytes]:
        tell()
        return {path.name: path.read_bytes() for path in (draft / "pre-notice").iterdir()}

    assert pages() == pages()
    assert [entry["event"] for entry in journal.read("objections")] == ["window"]


def test_without_a_draft_nobody_is_told_and_the_way_to_one_is_named(warehouse: Path) -> None:
    refused = tell()
    assert refused.exit_code == 1
    assert "publish --draft" in refused.output


def test_an_objection_is_kept_with_the_figures_that_it_is_about_and_entered_twice_it_is_one(draft: Path) -> None:
    tell()
    assert object_to().exit_code == 0
    assert object_to(at="2021-05-30T08:00").exit_code == 0
    (objection,) = all_objections()
    assert (objection.reporter_id, objection.indicator_id, objection.against) == ("jia", "enterprises", "draft")
    assert (objection.is_late, objection.is_open) == (False, True)
    assert [entry["event"] for entry in journal.read("objections")] == ["window", "objection"]
    assert objection.objection_id in object_to().output


def test_an_objection_after_the_window_is_kept_and_marked(draft: Path) -> None:
    tell()
    assert "〔逾期〕" in object_to(at="2021-04-24T00:01").output
    assert "〔逾期〕" not in object_to(at="2021-04-24T00:00", reason="另一件").output


def test_an_answer_and_what_moved_are_printed_and_nothing_is_written_over(draft: Path, warehouse: Path) -> None:
    tell()
    object_to()
    (objection,) = all_objections()
    assert "尚未发布" in command("objections").output
    before = journal.read("objections")
    assert answer(objection.objection_id).exit_code == 0
    assert answer(objection.objection_id).exit_code == 0
    assert journal.read("objections")[: len(before)] == before
    assert len(journal.read("objections")) == len(before) + 1
    correct_one_reporter(warehouse)
    publish(MONTHLY, MONTH)
    printed = command("objections", PROGRAMME, MONTH).output
    for part in ("试点方案", "2021年3月", "漏报一家", "已核对原始凭证", "更正", "第1版", "30 → 60", "第2名 → 第1名"):
        assert part in printed


def test_a_published_notice_that_kept_the_figures_says_so(draft: Path) -> None:
    tell()
    object_to()
    publish(MONTHLY, MONTH)
    assert "第1版：数字和位次没有变动" in command("objections").output


def test_what_another_reporter_moved_is_no_effect_of_this_objection(draft: Path, warehouse: Path) -> None:
    object_to(indicator="合同成交额")
    correct_one_reporter(warehouse)
    publish(MONTHLY, MONTH)
    assert "没有变动" in command("objections").output


def test_without_a_draft_an_objection_is_about_the_newest_vintage(warehouse: Path) -> None:
    publish(MONTHLY, MONTH)
    assert "对第1版" in object_to(indicator="").output
    assert "此后没有新版" in command("objections").output
    correct_one_reporter(warehouse)
    publish(MONTHLY, MONTH)
    printed = command("objections").output
    assert "第2版：" in printed
    assert "新增企业 累计(期末)数 30 → 60" in printed


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"indicator": "没有的指标"}, "没有指标“没有的指标”"),
        ({"reason": " \n"}, "理由"),
        ({"by": "\u202e"}, "提出人"),
        ({"reason": "长" * 2001}, "最多 2000 字"),
        ({"at": "昨天"}, "昨天"),
        ({"cadence": "quarterly_summary"}, "不是 quarterly_summary 的期号"),
    ],
)
def test_what_makes_no_objection_is_refused_and_named(draft: Path, more: dict[str, str], reason: str) -> None:
    refused = object_to(**more)
    assert refused.exit_code == 1
    assert reason in refused.output
    assert journal.read("objections") == []


def test_an_answer_needs_an_objection_and_one_of_two_effects(draft: Path) -> None:
    assert "没有编号为“Y0”的异议" in answer("Y0").output
    object_to()
    (objection,) = all_objections()
    assert "应为维持或更正" in answer(objection.objection_id, effect="看情况").output
    assert [entry["event"] for entry in journal.read("objections")] == ["objection"]


def test_hostile_text_stays_text(draft: Path, warehouse: Path) -> None:
    hostile = "<script>alert(1)</script>=cmd|'/c calc'!A1 {{ 7*7 }}"
    execute(warehouse, f"update marts.findings set explanation = '{hostile.replace(chr(39), chr(39) * 2)}'")
    publish(MONTHLY, MONTH, is_draft=True)
    tell()
    page = (draft / "pre-notice" / "jia.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "{{ 7*7 }}" in page
    printed = object_to(reason=f"{hostile}\x1b[2J\u202e\n    答复：伪造").output
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert not [line for line in printed.splitlines() if line.strip().startswith("答复")]
