"""Who is on a day's list, what the file and the message say, and what a server that refuses leads to."""

import csv
from datetime import date

import pytest

from ingestion.settings import get_settings
from operations import reminders
from operations.notifier import NotificationError, notify
from operations.reminders import MOST_LINES, remind, reminders_of
from tests.reports.factories import create_warehouse, rows_of

DAY = date(2021, 4, 13)
# Due at the end of 12 April, a Monday; closed for first tables after 14 May, for newer versions after 28 June.
TIMES = {"due_at": "2021-04-12 16:00", "no_new_at": "2021-05-14 16:00", "no_edits_at": "2021-06-28 16:00"}


def status(reporter_id: str, state: str = "overdue", period: str = "2021-03", **more: str) -> dict[str, str]:
    row = {"programme_id": "pilot", "reporter_id": reporter_id, "period": period, "status": state}
    return row | {"version_count": "0", "returned_count": "0", "is_reopened": "false"} | TIMES | more


@pytest.fixture
def with_statuses(home, monkeypatch):
    """Makes a warehouse with these submission statuses; nothing is built."""
    monkeypatch.setattr(reminders, "ensure_build", lambda as_of: None)

    def make(*statuses: dict[str, str], **marts: list[dict[str, str]]) -> None:
        create_warehouse(home.pipeline_file, submission_status=list(statuses), **marts)

    return make


def found(day: date = DAY) -> list[tuple[str, int | None, int | None]]:
    return [(one.reporter_id, one.workdays_left, one.workdays_late) for one in reminders_of(day)]


@pytest.mark.parametrize(
    ("day", "left", "late"),
    [
        (date(2021, 4, 7), 3, None),
        (date(2021, 4, 9), 1, None),
        (date(2021, 4, 11), 1, None),
        (date(2021, 4, 12), 0, None),
        (date(2021, 4, 13), None, 1),
        (date(2021, 4, 25), None, 10),  # a made-up Sunday counts
    ],
)
def test_days_are_working_days(with_statuses, day, left, late):
    with_statuses(status("jia"))
    assert found(day) == [("jia", left, late)]


def test_who_is_due_later_than_the_set_number_of_working_days_is_not_listed(with_statuses, monkeypatch):
    with_statuses(status("jia", "not_submitted"))
    assert found(date(2021, 4, 6)) == []
    monkeypatch.setenv("YIBIAO_REMIND_WORKDAYS", "4")
    get_settings.cache_clear()
    assert found(date(2021, 4, 6)) == [("jia", 4, None)]


def test_who_sent_is_not_listed_and_who_was_returned_is(with_statuses):
    accepted = {"first_accepted_at": "2021-04-06 01:30", "version_count": "1"}
    with_statuses(
        status("jia", "submitted", **accepted),
        status("yi", "late", **accepted),
        status("bing", "returned", returned_count="1"),
    )
    assert [(one.reporter_id, one.status) for one in reminders_of(DAY)] == [("bing", "已退回待重报")]


def test_a_closed_month_is_listed_only_where_it_can_still_be_sent(with_statuses):
    with_statuses(
        status("jia"),
        status("yi", is_reopened="true"),
        status("bing", "returned", returned_count="1"),
        status("ding", no_new_at=""),
    )
    assert [one for one, *_ in found(date(2021, 5, 14))] == ["jia", "yi", "bing", "ding"]
    assert [one for one, *_ in found(date(2021, 5, 15))] == ["yi", "bing", "ding"]
    assert [one for one, *_ in found(date(2021, 6, 29))] == ["yi", "ding"]


def read(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_file_has_a_row_each_in_chinese_and_is_the_same_when_written_again(with_statuses, home):
    (period,) = [row for row in rows_of("periods") if row["period"] == "2021-03"]
    with_statuses(status("yi"), status("jia", is_reopened="true"), periods=[period | {"is_calendar_known": "false"}])
    report = remind(DAY)
    assert report.path == home.reminders / "2021-04-13.csv"
    assert (report.late_count, report.due_soon_count, report.notified_count) == (2, 0, 0)
    first, second = read(report.path)
    assert first == {
        "方案编号": "pilot", "方案": "试点方案", "单位编号": "jia", "填报单位": "甲区", "期": "2021-03",
        "状态": "逾期未报", "截止日期": "2021-04-12", "剩余工作日": "", "逾期工作日": "1", "停止新报日期": "2021-05-14",
        "说明": "已重新开放；放假安排未知，按周末推算",
    }  # fmt: skip
    assert second["填报单位"] == "乙区" and second["说明"] == "放假安排未知，按周末推算"
    before = report.path.read_bytes()
    assert remind(DAY).path.read_bytes() == before
    assert [path.name for path in home.reminders.iterdir()] == ["2021-04-13.csv"]


def test_the_message_names_the_late_and_the_due_soon(with_statuses, receivers):
    (server,) = receivers(200)
    soon = status("yi", "not_submitted", due_at="2021-04-14 16:00")
    with_statuses(status("jia"), soon)
    assert remind(DAY).notified_count == 1
    (message,) = server.messages
    assert message["title"] == "一区一表报送提醒 2021-04-13"
    assert "【逾期未报】1 张" in message["message"] and "【即将到期】1 张" in message["message"]
    assert "试点方案 2021年3月 甲区：逾期未报，2021-04-12 截止，逾期 1 个工作日" in message["message"]
    assert "试点方案 2021年3月 乙区：未报送，2021-04-14 截止，还有 1 个工作日" in message["message"]


def test_a_long_list_is_cut_in_the_message_and_whole_in_the_file(with_statuses, receivers):
    (server,) = receivers(200)
    names = [f"r{number:03d}" for number in range(MOST_LINES + 2)]
    (pattern,) = [row for row in rows_of("reporters") if row["reporter_id"] == "jia"]
    reporters = [pattern | {"reporter_id": name, "reporter_name": name} for name in names]
    with_statuses(*(status(name) for name in names), reporters=reporters)
    assert len(read(remind(DAY).path)) == MOST_LINES + 2
    assert "另有 2 张，见名单。" in server.messages[0]["message"]


def test_nobody_is_told_where_nobody_is_listed(with_statuses, receivers):
    (server,) = receivers(200)
    with_statuses()
    assert remind(DAY).notified_count == 0
    assert server.messages == []


def test_a_server_that_refuses_fails_the_run_and_the_file_is_there(with_statuses, receivers, home):
    good, bad = receivers(200, 500)
    with_statuses(status("jia"))
    with pytest.raises(NotificationError, match="127.0.0.1.*没有接收") as error:
        remind(DAY)
    assert "secret" not in str(error.value)
    assert len(good.messages) == 1 and bad.messages
    assert len(read(home.reminders / "2021-04-13.csv")) == 1


def test_an_address_that_is_none_fails_and_is_not_printed(monkeypatch):
    monkeypatch.setenv("YIBIAO_NOTIFY_URLS", "nonsense://secret@example")
    get_settings.cache_clear()
    with pytest.raises(NotificationError, match="YIBIAO_NOTIFY_URLS") as error:
        notify("题", "文")
    assert "secret" not in str(error.value)
    get_settings.cache_clear()


def test_without_an_address_nothing_is_sent():
    assert notify("题", "文") == 0
