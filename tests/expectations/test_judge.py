"""One run of judge(): who decides, what is written, what is left alone."""

import logging
import os
import subprocess
import sys
from dataclasses import replace

import pytest

from expectations import JudgementReport, JudgingError, judge
from ingestion.settings import ROOT
from ingestion.store import open_warehouse
from tests.expectations.conftest import Judged
from tests.expectations.factories import make_submission, make_table, utc, write_registry


def test_great_expectations_decides(new_desk, monkeypatch):
    from expectations.rules import RULES

    broken = make_submission("d001", 2, make_table("d001", 2).change("企业总数", cumulative_value="12台"))
    assert new_desk().judge(broken).returned == 1

    class CellIsAnything(RULES["NUM-001"]):
        mostly: float = 0.0
        column: str = "key"

    monkeypatch.setitem(RULES, "NUM-001", CellIsAnything)
    assert new_desk().judge(broken).accepted == 1
    assert Judged().of(broken) == []


def test_rule_that_can_not_be_evaluated_stops_judging_and_writes_nothing(desk, monkeypatch):
    from expectations.rules import RULES

    class CellOfNoColumn(RULES["NUM-001"]):
        column: str = "no_such_column"

    monkeypatch.setitem(RULES, "NUM-001", CellOfNoColumn)
    with pytest.raises(JudgingError, match="NUM-001.*no_such_column"):
        desk.judge(make_submission())
    assert Judged().judgements == {}


def test_rule_without_a_row_stops_judging(desk, monkeypatch):
    from expectations.rules import RULES

    monkeypatch.delitem(RULES, "NUM-001")
    with pytest.raises(JudgingError, match="NUM-001"):
        desk.judge(make_submission())


def test_months_of_a_run_that_failed_after_its_verdicts_are_announced_by_the_next(desk):
    desk.settings.receipts.write_text("a file where the folder of receipts belongs", encoding="utf-8")
    submission = make_submission()
    with pytest.raises(NotADirectoryError):
        desk.judge(submission)
    assert Judged().verdict(submission) == "accepted"
    desk.settings.receipts.unlink()
    assert judge().months == ["2021-02"]
    assert judge().months == []


def test_every_received_file_gets_one_verdict(desk):
    files = [make_submission(f"d{number:03d}", 2) for number in range(1, 9)]
    files += [make_submission("d010", 2, problem="文件已损坏。", tables=[]), make_submission("d011", 2, folder=None)]
    report = desk.judge(*files)
    judged = Judged()
    assert (report.accepted, report.returned) == (9, 1)
    assert set(judged.judgements) == {file.id for file in files}
    assert judged.accepted_at(files[0]) == utc("2021-03-05T10:00")
    assert judged.accepted_at(files[-2]) is None


def test_one_bad_table_returns_the_whole_file(desk):
    bad = make_table("d001", 3).change("企业总数", cumulative_value="-1")
    file = make_submission("d001", 3, make_table("d001", 2), bad)
    assert desk.judge(file).returned == 1
    assert [finding["table_id"] for finding in Judged().of(file)] == [f"{file.id}#2"]


def test_unknown_name_far_from_any_lists_the_allowed_ones(desk):
    file = make_submission("d001", 2, make_table("d001", 2).add("abc", cumulative_value="1"))
    desk.judge(file)
    message = Judged().of(file)[0]["message"]
    assert "请改为下列之一：“新增企业”“合同成交额”“企业总数”“走访次数”“产值增速”“上市企业”，" in message


def test_text_with_braces_and_formulas_is_quoted_as_it_stands(desk):
    file = make_submission(
        "d001", 2, make_table("d001", 2).change("企业总数", cumulative_value="=cmd|{place}" + "长" * 99)
    )
    desk.judge(file)
    assert "填的是“=cmd|{place}长" in Judged().of(file)[0]["message"]
    assert len(Judged().of(file)[0]["message"]) < 140


def test_the_version_that_counts_sent_again_is_a_no_op(desk):
    first = make_submission()
    again = first.at("2021-03-06T10:00")
    report = desk.judge(first, again)
    assert (report.accepted, report.repeated) == (1, 1)
    assert Judged().judgements[again.id]["verdict"] == "repeated"


@pytest.mark.parametrize("sweeps", ["abc", "a|b|c", "ac|b", "c|b|a", "bc|a"])
def test_an_older_version_sent_again_counts_again_in_whatever_order_sweeps_saw_them(desk, sweeps):
    first = make_submission("d001", 2)
    other = make_submission("d001", 2, make_table("d001", 2).change("企业总数", cumulative_value="120"))
    files = {"a": first.at("2021-03-03T10:00"), "b": other.at("2021-03-04T10:00"), "c": first.at("2021-03-05T10:00")}
    for sweep in sweeps.split("|"):
        desk.judge(*(files[name] for name in sweep))
    assert {Judged().judgements[file.id]["verdict"] for file in files.values()} == {"accepted"}


def test_months_are_those_whose_counting_data_changed(desk):
    good, bad = make_submission("d001", 3), make_submission("d002", 4, folder="d001")
    assert desk.judge(good, bad).months == ["2021-03"]
    assert desk.judge() == JudgementReport()
    corrected = make_submission("d001", 3, make_table("d001", 3).change("企业总数", cumulative_value="110"))
    assert desk.judge(corrected.at("2021-04-20T10:00"), make_submission("d001", 4)).months == ["2021-03", "2021-04"]


def test_verdict_stays_when_the_chain_is_judged_again(desk):
    desk.judge(make_submission("d001", 1))
    before = Judged().judgements
    desk.judge(make_submission("d001", 2))
    after = Judged().judgements
    assert before.items() <= after.items()
    assert len(after) == 2


def test_other_reporters_are_left_alone(desk):
    first = make_submission("d001", 2)
    desk.judge(first)
    with open_warehouse() as connection:
        connection.execute("update raw.judgements set rules_sha256 = 'untouched'")
    desk.judge(make_submission("d002", 2))
    assert Judged().judgements[first.id]["rules_sha256"] == "untouched"


def test_great_expectations_stays_quiet(desk, caplog, capfd):
    with caplog.at_level(logging.INFO):
        desk.judge(make_submission())
    assert [record for record in caplog.records if record.name.startswith("great_expectations")] == []
    assert capfd.readouterr() == ("", "")


def _run(code: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *code], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True, capture_output=True
    )


def test_command_without_new_files_does_not_load_great_expectations(desk):
    code = "import sys; from expectations import judge; judge(); sys.exit('great_expectations' in sys.modules)"
    assert _run(["-c", code]).returncode == 0
    assert "没有待审核的报表" in _run(["-m", "expectations"]).stdout


def test_command_says_what_was_returned_and_succeeds(desk):
    desk.receive(make_submission("d001", 2), make_submission("d002", 2, folder="d001"))
    result = _run(["-m", "expectations"])
    assert result.returncode == 0, result.stderr
    assert "审核 2 个文件：接受 1 个，退回 1 个，与现行版本相同 0 个。" in result.stdout
    assert "数据有变化的月份：2021-02。" in result.stdout
    assert str(desk.settings.returned) in result.stdout


def test_command_fails_readably_without_a_registry(desk, monkeypatch, tmp_path):
    desk.receive(make_submission())
    monkeypatch.setenv("YIBIAO_REGISTRY", str(tmp_path / "nowhere"))
    result = _run(["-m", "expectations"])
    assert result.returncode == 1
    assert "documents.csv" in result.stderr
    assert "Traceback" not in result.stderr


def test_judging_nothing_is_nothing(desk):
    assert judge() == JudgementReport()


@pytest.mark.parametrize(("effective_on", "accepted"), [("2021-02-01", 1), ("2021-03-01", 0)])
def test_a_cumulative_begins_anew_in_the_month_that_took_another_reporter_over(
    new_desk, tmp_path, effective_on, accepted
):
    folder = write_registry(tmp_path / "seeds")
    with (folder / "reporter_successions.csv").open("a", encoding="utf-8") as file:
        file.write(f"outsider,d001,{effective_on},示例\n")
    desk = new_desk(YIBIAO_REGISTRY=str(folder))
    desk.judge(make_submission("d001", 1))
    larger = make_submission("d001", 2, make_table("d001", 2).change("新增企业", cumulative_value="50"))
    assert desk.judge(larger).accepted == accepted


def test_only_corrected_rows_are_enough_where_the_whole_table_came_before(desk):
    whole = make_submission("d001", 2)
    only = replace(make_table("d001", 2), rows=[("企业总数", {"cumulative_value": "107"})])
    only = replace(only, cover={"correction_mode": "仅报更正", "correction_reason": "补登一家"})
    partial = make_submission("d001", 2, only, received="2021-03-20T09:00")
    assert desk.judge(whole, partial).accepted == 2
    assert Judged().rules(partial) == []
    alone = make_submission("d002", 2, replace(only, reporter=make_table("d002", 2).reporter))
    assert desk.judge(alone).returned == 1
    assert Judged().rules(alone) == ["REQ-001"]
