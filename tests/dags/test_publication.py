"""The guards of a run: which period, as of when, whether it has to wait."""

import csv
import shutil
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, TaskDeferred
from airflow.sdk.execution_time.context import OutletEventAccessors
from assets import MONTHLY_PROGRESS
from publication import (
    WaitForPublication,
    announce,
    as_of_of_run,
    describe,
    end_with_drafts_if_asked,
    period_of_run,
    programmes_of_run,
)

from ingestion.calendar import publication_time
from ingestion.settings import ROOT, get_settings


def run(key=None, run_type="manual", conf=None, **params):
    """A run's context as far as the guards read it."""
    dag_run = SimpleNamespace(partition_key=key, run_type=run_type, conf=conf)
    return {"dag_run": dag_run, "params": {"period": None, "as_of": None} | params}


@pytest.fixture
def wait() -> WaitForPublication:
    return WaitForPublication(task_id="wait_for_publication")


def test_the_partition_key_is_the_period():
    assert period_of_run(run(key="2021-03", period="2021-04"), "monthly_dispatch") == "2021-03"


def test_without_a_key_the_parameter_is_the_period():
    assert period_of_run(run(period=" 2021-Q1 "), "quarterly_summary") == "2021-Q1"


@pytest.mark.parametrize("params", [{}, {"period": ""}, {"period": "  "}])
def test_without_key_and_parameter_the_run_fails_and_says_what_to_fill_in(params):
    with pytest.raises(AirflowFailException, match="没有期次.*period"):
        period_of_run(run(**params), "monthly_dispatch")


@pytest.mark.parametrize("text", ["2021/02", "2021-13", "三月"])
def test_what_is_no_period_fails_and_is_named(text):
    with pytest.raises(AirflowFailException, match=text):
        period_of_run(run(period=text), "monthly_dispatch")


def test_a_period_of_another_cadence_fails():
    with pytest.raises(AirflowFailException, match="2021年第一季度"):
        period_of_run(run(key="2021-Q1"), "monthly_dispatch")


def test_as_of_comes_from_the_backfill_or_the_parameter_and_is_local_time_without_offset():
    assert as_of_of_run(run(conf={"as_of": "2022-01-20T00:00+08:00"})) == datetime(2022, 1, 19, 16, tzinfo=UTC)
    assert as_of_of_run(run(as_of="2022-01-20T00:00")) == datetime(2022, 1, 19, 16, tzinfo=UTC)
    assert as_of_of_run(run(conf={})) is None


def test_an_as_of_that_is_no_time_fails_and_is_named():
    with pytest.raises(AirflowFailException, match="昨天"):
        as_of_of_run(run(as_of="昨天"))


@pytest.mark.parametrize("run_type", ["scheduled", "backfill", "manual"])
def test_a_month_that_has_not_ended_fails_whoever_asks(wait, run_type):
    with pytest.raises(AirflowFailException, match="9998年12月尚未结束"):
        wait.execute(run(key="9998-12", run_type=run_type))


@pytest.fixture
def far_publication(tmp_path, monkeypatch):
    """A registry whose months are published forty years after they end."""
    registry = tmp_path / "registry"
    shutil.copytree(ROOT / "dbt_project" / "seeds", registry)
    path = registry / "reporting_calendar.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {"publish_workdays": "9999"} for row in rows)
    monkeypatch.setenv("YIBIAO_REGISTRY", str(registry))
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def test_a_scheduled_month_is_deferred_until_the_calendar_publishes_it(wait, far_publication):
    with pytest.raises(TaskDeferred) as deferred:
        wait.execute(run(key="2021-03", run_type="scheduled"))
    assert deferred.value.trigger.moment == publication_time("2021-03")
    assert getattr(wait, deferred.value.method_name)(run()) is None


@pytest.mark.parametrize("run_type", ["backfill", "manual"])
def test_a_backfill_or_a_run_by_hand_does_not_wait(wait, far_publication, run_type):
    assert wait.execute(run(key="2021-03", run_type=run_type)) is None


def test_a_scheduled_month_whose_time_has_come_does_not_wait(wait):
    assert wait.execute(run(key="2021-03", run_type="scheduled")) is None


def test_a_scheduled_month_that_no_programme_covers_is_skipped(wait):
    with pytest.raises(AirflowSkipException, match="2019-03"):
        wait.execute(run(key="2019-03", run_type="scheduled"))


def test_a_run_is_for_all_programmes_or_for_the_one_that_was_chosen():
    assert programmes_of_run(run(programme=None)) is None
    assert programmes_of_run(run()) is None
    assert programmes_of_run(run(programme="innovation_2021")) == ["innovation_2021"]
    assert programmes_of_run(run(conf={"programme": "innovation_2021"})) == ["innovation_2021"]


@pytest.mark.parametrize("params", [{}, {"mode": "publish"}])
def test_a_run_publishes_unless_it_was_asked_for_drafts(params):
    assert end_with_drafts_if_asked(run(key="2021-03", **params), "monthly_dispatch") is None


def test_published_months_are_told_to_the_roll_ups_as_partitions():
    context = {"outlet_events": OutletEventAccessors()}
    told = {"month": "2021-03", "as_of": "2021-04-16T00:00:00+00:00"}
    announce(context, MONTHLY_PROGRESS, {"announcement": told, "announced_months": ["2021-02", "2021-03"]})
    event = context["outlet_events"][MONTHLY_PROGRESS]
    assert (event.partition_keys, event.extra) == ({"2021-02", "2021-03"}, told)


def test_a_month_that_not_all_programmes_published_is_not_told():
    with pytest.raises(AirflowSkipException):
        announce({}, MONTHLY_PROGRESS, {"announcement": {}, "announced_months": []})


def test_a_period_without_any_notice_is_skipped():
    with pytest.raises(AirflowSkipException):
        describe([])
