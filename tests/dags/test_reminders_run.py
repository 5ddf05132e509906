"""For which day a run of the reminders is."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import AirflowFailException
from reminders import day_of_run, remind_of_run


def run(logical_date=None, **params):
    return {"dag_run": SimpleNamespace(logical_date=logical_date), "params": {"day": None} | params}


def test_a_scheduled_run_is_for_the_local_day_of_its_logical_date():
    # 01:00 UTC is 09:00 in Asia/Shanghai; 17:00 UTC is the next day there.
    assert day_of_run(run(datetime(2021, 4, 13, 1, tzinfo=UTC))) == date(2021, 4, 13)
    assert day_of_run(run(datetime(2021, 4, 13, 17, tzinfo=UTC))) == date(2021, 4, 14)


def test_the_parameter_comes_first():
    assert day_of_run(run(datetime(2021, 4, 13, 1, tzinfo=UTC), day=" 2021-09-06 ")) == date(2021, 9, 6)


@pytest.mark.parametrize("text", ["昨天", "2021-02-30", "2021/09/06"])
def test_what_is_no_day_fails_and_is_named(text):
    with pytest.raises(AirflowFailException, match=text):
        day_of_run(run(day=text))


@pytest.mark.parametrize("params", [{}, {"day": ""}])
def test_without_day_and_logical_date_the_run_fails_and_says_what_to_fill_in(params):
    with pytest.raises(AirflowFailException, match="没有日期.*day"):
        day_of_run(run(**params))


def test_the_run_writes_the_list_of_its_day(monkeypatch, tmp_path):
    from operations import reminders

    days = []
    report = reminders.ReminderReport(tmp_path / "list.csv", 2, 3, 1)
    monkeypatch.setattr(reminders, "remind", lambda day: days.append(day) or report)
    assert remind_of_run(run(day="2021-04-13")) == {"late": 2, "due_soon": 3, "notified": 1}
    assert days == [date(2021, 4, 13)]
