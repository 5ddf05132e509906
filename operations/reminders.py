"""The daily list of who is late and who is due soon: a file, and a message where an address is set.

A day's list is as of 09:00 of that day (Asia/Shanghai), whenever it is written, so that it can be written again.
"""

import csv
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from ingestion.access import SHARED_FILE, make_folder
from ingestion.calendar import calendar_of
from ingestion.periods import TIMEZONE, parse_period
from ingestion.registry import load_registry
from ingestion.settings import get_settings
from ingestion.store import open_warehouse, writer_lock
from ingestion.workdays import Workdays
from operations.build import ensure_build
from operations.notifier import notify
from reports.catalogue import STATUSES

HOUR = time(9)
MOST_LINES = 40
_HEADER = {
    "programme_id": "方案编号", "programme_name": "方案", "reporter_id": "单位编号", "reporter_name": "填报单位",
    "period": "期", "status": "状态", "due_on": "截止日期",
    "workdays_left": "剩余工作日", "workdays_late": "逾期工作日", "closes_on": "停止新报日期", "remark": "说明",
}  # fmt: skip
# Nothing was accepted, and it can still be sent: the month has not closed for first tables, or was opened again.
_QUERY = """
    select status.*, programmes.programme_name, reporters.reporter_name, reporters.display_order,
        coalesce(periods.is_calendar_known, true) as is_calendar_known
    from marts.submission_status as status
    inner join marts.programmes using (programme_id)
    inner join marts.reporters using (programme_id, reporter_id)
    inner join marts.periods using (programme_id, period)
    where status.first_accepted_at is null
        and (status.no_new_at is null or status.no_new_at > $as_of or status.returned_count > 0
            and (status.no_edits_at is null or status.no_edits_at > $as_of) or status.is_reopened)
    order by status.due_at, status.programme_id, status.period, reporters.display_order, status.reporter_id
"""


@dataclass(frozen=True)
class Reminder:
    """One table that is owed. Of the two counts of working days one is None."""

    programme_id: str
    programme_name: str
    reporter_id: str
    reporter_name: str
    period: str
    status: str
    due_on: date
    workdays_left: int | None
    workdays_late: int | None
    closes_on: date | None
    remark: str

    @property
    def line(self) -> str:
        """As a message says it."""
        when = (
            f"逾期 {self.workdays_late} 个工作日"
            if self.workdays_left is None
            else f"还有 {self.workdays_left} 个工作日"
        )
        period = parse_period(self.period).label
        return f"{self.programme_name} {period} {self.reporter_name}：{self.status}，{self.due_on} 截止，{when}"


@dataclass(frozen=True)
class ReminderReport:
    """What a day's run did."""

    path: Path
    late_count: int
    due_soon_count: int
    notified_count: int


def remind(day: date) -> ReminderReport:
    """Write the day's list to `data/reminders/<day>.csv` and send it where addresses are set and anyone is on it.

    NotificationError when it did not go out; the file is there all the same.
    """
    found = reminders_of(day)
    path = _write(day, found)
    late = [reminder for reminder in found if reminder.workdays_left is None]
    soon = [reminder for reminder in found if reminder.workdays_left is not None]
    sent = notify(f"一区一表报送提醒 {day}", _message(late, soon, path)) if found else 0
    return ReminderReport(path, len(late), len(soon), sent)


def reminders_of(day: date) -> list[Reminder]:
    """Who is late and who is due soon, as of the day's 09:00: the longest overdue first."""
    as_of = datetime.combine(day, HOUR, TIMEZONE).astimezone(UTC)
    with writer_lock():
        ensure_build(as_of)
        with open_warehouse(read_only=True) as connection:
            cursor = connection.execute(_QUERY, {"as_of": as_of.replace(tzinfo=None)})
            names = [column[0] for column in cursor.description or []]
            rows = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    settings = get_settings()
    workdays = calendar_of(load_registry(settings.registry)).workdays
    found = [_reminder(row, day, workdays) for row in rows]
    return [one for one in found if one.workdays_left is None or one.workdays_left <= settings.remind_workdays]


def _reminder(row: dict[str, Any], day: date, workdays: Workdays) -> Reminder:
    due_on, closes_on = _last_day(row["due_at"]), _last_day(row["no_new_at"])
    assert due_on
    is_late = due_on < day
    remarks = ["已重新开放"] * row["is_reopened"] + ["放假安排未知，按周末推算"] * (not row["is_calendar_known"])
    return Reminder(
        programme_id=row["programme_id"],
        programme_name=row["programme_name"],
        reporter_id=row["reporter_id"],
        reporter_name=row["reporter_name"],
        period=row["period"],
        status=STATUSES[row["status"]],
        due_on=due_on,
        workdays_left=None if is_late else workdays.between(day, due_on),
        workdays_late=workdays.between(due_on, day) if is_late else None,
        closes_on=closes_on,
        remark="；".join(remarks),
    )


def _last_day(moment: datetime | None) -> date | None:
    """The day of Asia/Shanghai that ends at a moment (naive UTC)."""
    return (moment.replace(tzinfo=UTC).astimezone(TIMEZONE) - timedelta(microseconds=1)).date() if moment else None


def _write(day: date, found: list[Reminder]) -> Path:
    """The list as CSV that office programs open as Chinese; put in place whole."""
    path = get_settings().reminders / f"{day}.csv"
    make_folder(path.parent)
    fresh = path.with_suffix(".new")
    with fresh.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER[field.name] for field in fields(Reminder))
        writer.writerows(asdict(reminder).values() for reminder in found)
    fresh.chmod(SHARED_FILE)
    return fresh.replace(path)


def _message(late: list[Reminder], soon: list[Reminder], path: Path) -> str:
    lines = []
    for title, listed in (("逾期未报", late), ("即将到期", soon)):
        if listed:
            lines += [f"【{title}】{len(listed)} 张", *(reminder.line for reminder in listed[:MOST_LINES])]
            lines += [f"另有 {len(listed) - MOST_LINES} 张，见名单。"] * (len(listed) > MOST_LINES)
    return "\n".join([*lines, f"名单：{path}"])
