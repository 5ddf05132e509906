"""One quarter through a real Airflow: dropped files, intake, drafts, a backfill, and the roll-ups that follow."""

import csv
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

import samples
from ingestion import journal
from ingestion.inbox import RECEIPTS_FILE, look
from ingestion.periods import parse_period
from ingestion.settings import ROOT, Settings, get_settings
from operations.airflow_client import AirflowClient, AirflowError, DagRun
from operations.airflow_environment import LOOPBACK
from operations.airflow_processes import WAREHOUSE_POOL, is_alive, running_airflow
from operations.demonstration import expected_notices
from reports.vintage import latest_manifest, list_vintages
from tests.aged_airflow import Traces, age, traces
from tests.receiver import Server

MONTHS = ["2021-01", "2021-02", "2021-03"]
ROLL_UPS = {("quarterly_summary", "2021-Q1"), ("bimonthly_exchange", "2021-B1")}
AS_OF = "2022-01-20T00:00+08:00"
# In the sample year one table of March comes late: on this day it is overdue.
REMINDED_DAY = "2021-04-15"
DEFECTS = ROOT / "samples" / "defects.csv"
PATIENCE_SECONDS = 240


@dataclass
class Quarter:
    """What was seen while Airflow ran and after it was stopped."""

    settings: Settings
    sample_names: set[str]
    runs: list[DagRun]
    drop_seconds: float
    addresses: set[str]
    alive_after: list[int]
    pool_slots: list[int]
    failure: str
    alert: dict[str, str]
    traces: list[Traces]


def move_whole(staging: Path, inbox: Path, names: list[str]) -> float:
    """Move files into the inbox by rename, each whole at once; returns the seconds this took."""
    for name in names:
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    for name in names:
        (staging / name).replace(inbox / name)
    return time.monotonic() - started


def successes(runs: list[DagRun], dag_id: str) -> set[str | None]:
    return {run.partition_key for run in runs if run.dag_id == dag_id and run.state == "success"}


def take_in(client: AirflowClient, inbox: Path, staging: Path, late_names: list[str]) -> float:
    """Wait for the intake; while it works on the first files, drop the late ones."""
    client.wait_until(lambda runs: any(run.dag_id == "intake" for run in runs), PATIENCE_SECONDS, "收表开始")
    drop_seconds = move_whole(staging, inbox, late_names)

    def is_done(runs: list[DagRun]) -> bool:
        is_idle = all(run.state == "success" for run in runs)
        return not look(inbox) and is_idle and successes(runs, "provisional_standings") == set(MONTHS)

    client.wait_until(is_done, PATIENCE_SECONDS, "收表")
    return drop_seconds


def clean(client: AirflowClient, settings: Settings) -> list[Traces]:
    """Make the drafts' runs old and have them cleaned away; what there was before and after."""
    age(settings, "provisional_standings")
    before = traces(settings)
    run_id = client.trigger("housekeeping", {})

    def is_done(runs: list[DagRun]) -> bool:
        return any(run.run_id == run_id and run.state == "success" for run in runs)

    client.wait_until(is_done, PATIENCE_SECONDS, "清理")
    return [before, traces(settings)]


def alert_in(receiver: Server) -> dict[str, str]:
    """The message about the failed run; it goes out after the failure was written down."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for message in receiver.messages:
            if "出错" in message["title"]:
                return message
        time.sleep(0.5)
    raise AssertionError(f"no message about the failure: {receiver.messages}")


def failure_of_a_run_without_period(client: AirflowClient) -> str:
    """Start a roll-up by hand without saying for which period, and wait for it to fail."""
    client.trigger("quarterly_summary", {})
    with pytest.raises(AirflowError) as failure:
        client.wait_until(lambda runs: False, PATIENCE_SECONDS, "失败")
    return str(failure.value)


def slots_after_repair(client: AirflowClient) -> list[int]:
    """The pool's slots after somebody gave it more, and after set-up looked at it again."""
    seen = []
    for slots in (3, 1):
        client.ensure_pool(WAREHOUSE_POOL, slots, "")
        seen.append(client.pool_slots()[WAREHOUSE_POOL])
    return seen


def remind(client: AirflowClient) -> None:
    """Ask for the list of a day in the past, as the form in the UI does."""
    client.trigger("submission_reminders", {"day": REMINDED_DAY})

    def is_done(runs: list[DagRun]) -> bool:
        return any(run.dag_id == "submission_reminders" and run.state == "success" for run in runs)

    client.wait_until(is_done, PATIENCE_SECONDS, "报送提醒")


def backfill(client: AirflowClient) -> None:
    first, last = (datetime.fromisoformat(f"{month}-01").replace(tzinfo=UTC) for month in (MONTHS[0], MONTHS[-1]))
    client.create_backfill("monthly_dispatch", first, last, {"as_of": AS_OF})

    def is_done(runs: list[DagRun]) -> bool:
        is_rolled_up = all(period in successes(runs, dag_id) for dag_id, period in ROLL_UPS)
        return is_rolled_up and set(MONTHS) <= successes(runs, "monthly_dispatch")

    client.wait_until(is_done, PATIENCE_SECONDS, "发布")


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarter]:
    """The whole way once; the tests below look at what it left."""
    folder = tmp_path_factory.mktemp("quarter")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("YIBIAO_HOME", str(folder / "home"))
        monkeypatch.setenv("YIBIAO_TRUST_RECEIPTS", "1")
        receiver = Server(200)
        monkeypatch.setenv("YIBIAO_NOTIFY_URLS", receiver.url)
        get_settings.cache_clear()
        settings, staging = get_settings(), folder / "staging"
        report = samples.write_demonstration_year(staging, months=MONTHS)
        names = [file.file_name for file in report.files]
        settings.inbox.mkdir(parents=True)
        shutil.copy(staging / RECEIPTS_FILE, settings.inbox / RECEIPTS_FILE)
        move_whole(staging, settings.inbox, names[:-3])
        with running_airflow(settings) as client:
            processes = psutil.Process().children(recursive=True)
            addresses = {
                connection.laddr.ip
                for process in processes
                for connection in process.net_connections()
                if connection.status == psutil.CONN_LISTEN
            }
            drop_seconds = take_in(client, settings.inbox, staging, names[-3:])
            backfill(client)
            remind(client)
            pids = {process.pid for process in psutil.Process().children(recursive=True)}
            runs = client.dag_runs()
            pool_slots = slots_after_repair(client)
            seen = clean(client, settings)
            failure = failure_of_a_run_without_period(client)
            alert = alert_in(receiver)
        receiver.close()
        alive = [pid for pid in pids | {process.pid for process in processes} if is_alive(pid)]
        yield Quarter(settings, set(names), runs, drop_seconds, addresses, alive, pool_slots, failure, alert, seen)
    get_settings.cache_clear()


def test_every_file_is_taken_in_also_three_dropped_within_50_ms_while_an_intake_runs(quarter):
    assert quarter.drop_seconds < 0.05
    assert {entry["file_name"] for entry in journal.read("receipts")} == quarter.sample_names
    assert look(quarter.settings.inbox) == []


def test_each_month_with_new_data_got_a_draft_and_publishing_took_it_away(quarter):
    assert successes(quarter.runs, "provisional_standings") == set(MONTHS)
    assert not list(quarter.settings.provisional.rglob("manifest.json"))


def test_the_months_and_their_roll_ups_are_published_once_and_nothing_else(quarter):
    notices = expected_notices(quarter.settings.registry, 2021)
    due = {
        (notice.programme_id, notice.cadence, notice.period, 1)
        for notice in notices
        if set(parse_period(notice.period).months) <= set(MONTHS)
    }
    assert {(v.programme_id, v.cadence, v.period, v.version) for v in list_vintages()} == due
    assert {(cadence, period) for _, cadence, period, _ in due if cadence != "monthly_dispatch"} == ROLL_UPS


def test_the_backfills_as_of_reaches_the_roll_ups(quarter):
    manifests = [latest_manifest("four_accelerations_2021", period, cadence) for cadence, period in ROLL_UPS]
    assert [manifest["as_of"] for manifest in manifests] == ["2022-01-19T16:00:00Z"] * 2


def test_the_days_list_names_whose_table_was_late_that_day(quarter):
    with (quarter.settings.reminders / f"{REMINDED_DAY}.csv").open(encoding="utf-8-sig", newline="") as file:
        listed = [(row["单位编号"], row["期"], row["状态"]) for row in csv.DictReader(file)]
    with DEFECTS.open(encoding="utf-8", newline="") as file:
        late = {(row["reporter_id"], row["month"]) for row in csv.DictReader(file) if row["defect"] == "late"}
    assert late
    assert {(reporter_id, period) for reporter_id, period, status in listed if status == "逾期未报"} == late


def test_no_run_failed_and_roll_ups_still_waiting_for_months_did_not_run(quarter):
    assert "failed" not in {run.state for run in quarter.runs}
    assert successes(quarter.runs, "half_year_review") | successes(quarter.runs, "annual_assessment") == set()


def test_set_up_gives_the_writers_pool_one_slot_whatever_it_had(quarter):
    assert quarter.pool_slots == [3, 1]


def test_a_run_by_hand_without_period_fails_with_dag_task_and_what_to_do(quarter):
    for part in ("quarterly_summary", "publish_notice", "没有期次"):
        assert part in quarter.failure


def test_the_failure_is_sent_to_a_person_with_what_to_do(quarter):
    assert quarter.alert["title"] == "一区一表出错： 季小结 发布季小结"
    for part in ("没有期次", "/dags/quarterly_summary/runs/", "重新运行该分区", "attempt=1.log"):
        assert part in quarter.alert["message"]
    (log,) = [line for line in quarter.alert["message"].splitlines() if line.startswith("日志文件：")]
    assert "没有期次" in Path(log.partition("：")[2]).read_text(encoding="utf-8")


def test_cleaning_takes_old_runs_and_logs_and_touches_nothing_else(quarter):
    before, after = quarter.traces
    # Of each DAG the newest run stays, however old.
    assert (len(before.old_runs), len(after.old_runs)) == (3, 1)
    assert before.old_logs and not after.old_logs
    assert before.old_events and not after.old_events
    assert before.young_runs <= after.young_runs and before.young_logs <= after.young_logs
    assert len(before.data) > 50 and after.data == before.data


def test_airflow_listens_on_loopback_only_and_leaves_no_process_behind(quarter):
    assert quarter.addresses == {LOOPBACK}
    assert quarter.alive_after == []
