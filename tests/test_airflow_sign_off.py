"""The sign-off through a real Airflow: one month approved, one sent back, one unchanged, one that moved meanwhile."""

import csv
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

import samples
from ingestion import journal
from ingestion.settings import ROOT, Settings, get_settings
from operations.airflow_client import AirflowClient, AirflowError, DagRun, Question
from operations.airflow_processes import running_airflow
from reports.objections import all_objections, record_objection
from reports.vintage import latest_manifest, list_vintages, notice_folder
from tests.stages import run

MONTHLY = "monthly_dispatch"
APPROVED, REJECTED = "2021-01", "2021-02"
PROGRAMMES = ("four_accelerations_2021", "innovation_2021")
AS_OF = "2022-01-20T00:00+08:00"
REASON = "一月数字漏了一家[点我](http://x)"
PATIENCE_SECONDS = 400


@dataclass
class SignOff:
    """What was seen on the way."""

    settings: Settings
    questions: dict[str, Question] = field(default_factory=dict)
    vintages_before: list[Any] = field(default_factory=list)
    runs: list[DagRun] = field(default_factory=list)
    states: dict[str, dict[str, str]] = field(default_factory=dict)
    later_questions: list[Question] = field(default_factory=list)
    vintages_in_the_end: list[tuple[str, str, int]] = field(default_factory=list)
    failure: str = ""
    figures: dict[str, str | None] = field(default_factory=dict)


def start(client: AirflowClient, *months: str) -> None:
    for month in months:
        client.trigger(MONTHLY, {"as_of": AS_OF}, partition_key=month)


def questions(client: AirflowClient, settings: Settings, count: int) -> dict[str, Question]:
    """The open questions by month, once there are so many and the scheduler knows that each waits.

    It is told by its executor a moment after the question can be seen. An answer within this moment, which is quicker
    than a person, makes it take the task for killed: it asks again.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(found := client.open_questions()) < count or not all(is_parked(settings, one) for one in found):
        failed = [client.failure_report(run) for run in client.dag_runs() if run.state == "failed"]
        assert not failed, failed
        assert time.monotonic() < deadline, "nobody was asked"
        time.sleep(1)
    return {question.subject.split()[-1]: question for question in found}


def is_parked(settings: Settings, question: Question) -> bool:
    lines = (settings.airflow_logs / "scheduler.log").read_text(encoding="utf-8").splitlines()
    marks = ("TaskInstance Finished", f"task_id={question.task_id}", question.run_id, "state=awaiting_input")
    return any(all(mark in line for mark in marks) for line in lines)


def ended(client: AirflowClient, count: int) -> None:
    """Wait until so many runs of the month have ended well."""

    def is_done(runs: list[DagRun]) -> bool:
        of_month = [run for run in runs if run.dag_id == MONTHLY]
        return len(of_month) == count and all(run.state == "success" for run in of_month)

    client.wait_until(is_done, PATIENCE_SECONDS, "签发后的运行")


def run_of(client: AirflowClient, month: str) -> DagRun:
    return [run for run in client.dag_runs(MONTHLY) if run.partition_key == month][-1]


def exchange_two_targets(registry: Path) -> None:
    """Two districts' parts of one target change places: the registry says something else than for the draft."""
    path = registry / "target_splits.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    first, second = rows[0], next(row for row in rows if row["value"] != rows[0]["value"])
    assert first["target_id"] == second["target_id"]
    first["value"], second["value"] = second["value"], first["value"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignOff]:
    """The whole way once; the tests below look at what it left."""
    folder = tmp_path_factory.mktemp("sign_off")
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, value in (("HOME", folder / "home"), ("TRUST_RECEIPTS", "1"), ("SIGN_OFF", "1")):
            monkeypatch.setenv(f"YIBIAO_{name}", str(value))
        registry = copytree(ROOT / "dbt_project" / "seeds", folder / "registry")
        monkeypatch.setenv("YIBIAO_REGISTRY", str(registry))
        get_settings.cache_clear()
        settings = get_settings()
        samples.write_demonstration_year(settings.inbox, months=[APPROVED, REJECTED])
        for stage in ("ingestion", "expectations"):
            run(sys.executable, "-m", stage, home=settings.home, YIBIAO_TRUST_RECEIPTS="1")
        seen = SignOff(settings)
        with running_airflow(settings) as client:
            start(client, APPROVED, REJECTED)
            seen.questions = questions(client, settings, 2)
            seen.vintages_before = list_vintages()
            client.answer(seen.questions[APPROVED], "Approve", {"comment": "同意发布"})
            client.answer(seen.questions[REJECTED], "Reject", {"comment": "二月再核"})
            ended(client, 2)
            for month in (APPROVED, REJECTED):
                tasks = client.task_instances(run_of(client, month))
                seen.states[month] = {task["task_id"]: task["state"] for task in tasks}
            start(client, APPROVED)
            ended(client, 3)
            seen.later_questions = client.open_questions()
            seen.vintages_in_the_end = [(v.programme_id, v.period, v.version) for v in list_vintages()]
            record_objection(
                PROGRAMMES[0], REJECTED, MONTHLY, "hongshan", None, REASON, "示例", datetime(2022, 1, 21, tzinfo=UTC)
            )
            start(client, REJECTED)
            again = questions(client, settings, 1)[REJECTED]
            seen.questions["again"] = again
            exchange_two_targets(registry)
            client.answer(again, "Approve", {"comment": ""})
            with pytest.raises(AirflowError) as failure:
                client.wait_until(lambda runs: False, PATIENCE_SECONDS, "失败")
            seen.failure = str(failure.value)
            seen.runs = client.dag_runs()
        yield seen
    get_settings.cache_clear()


def test_the_draft_is_laid_before_a_person_and_nothing_is_published_until_then(signed):
    assert set(signed.questions) == {APPROVED, REJECTED, "again"}
    assert signed.vintages_before == []
    for programme in PROGRAMMES:
        assert f"provisional/{APPROVED}/{programme}-{MONTHLY}" in signed.questions[APPROVED].body
    assert "异议截止 2022-01-25" in signed.questions[APPROVED].body


def test_who_when_and_comment_are_in_manifest_and_journal(signed):
    for programme in PROGRAMMES:
        manifest = latest_manifest(programme, APPROVED, MONTHLY)
        assert (manifest["signed"]["by"], manifest["signed"]["comment"]) == ("admin", "同意发布")
        assert abs(datetime.fromisoformat(manifest["signed"]["at"]) - datetime.now(UTC)).total_seconds() < 3600
        (entry,) = [e for e in journal.read("publications") if e["programme_id"] == programme]
        assert entry["signed"] == manifest["signed"]


def test_a_draft_that_was_sent_back_stays_and_the_run_ends_without_a_publication(signed):
    assert signed.states[APPROVED]["publish_notice"] == "success"
    assert signed.states[REJECTED]["approve_notice"] == "success"
    assert signed.states[REJECTED]["publish_notice"] == "skipped"
    assert {period for _, period, _ in signed.vintages_in_the_end} == {APPROVED}
    for programme in PROGRAMMES:
        folder = notice_folder(signed.settings.provisional, programme, REJECTED, MONTHLY)
        assert {path.name for path in folder.iterdir()} >= {"notice.html", "notice.pdf", "pre-notice", "manifest.json"}
    (rejection,) = journal.read("rejections")
    assert (rejection["period"], rejection["rejected"]["by"], rejection["rejected"]["comment"]) == (
        REJECTED,
        "admin",
        "二月再核",
    )


def test_what_was_sent_back_is_announced_to_no_roll_up(signed):
    assert {run.dag_id for run in signed.runs if run.partition_key == "2021-B1"} == set()


def test_figures_that_did_not_change_ask_nobody(signed):
    assert signed.later_questions == []
    assert signed.vintages_in_the_end == [(programme, APPROVED, 1) for programme in PROGRAMMES]


def test_open_objections_stand_before_the_person_who_signs_as_text(signed):
    (objection,) = all_objections()
    assert objection.objection_id in signed.questions["again"].body
    assert f"`{REASON}`" in signed.questions["again"].body


def test_a_signature_does_not_cover_figures_that_moved_and_the_draft_is_made_again(signed):
    for part in ("publish_notice", "签字不作数", "送签以后内容有变动", "重新送签"):
        assert part in signed.failure
    assert {period for _, period, _ in signed.vintages_in_the_end} == {v.period for v in list_vintages()}
    folder = notice_folder(signed.settings.provisional, PROGRAMMES[0], REJECTED, MONTHLY)
    assert (folder / "pre-notice").is_dir()
